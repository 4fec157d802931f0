-- The directory: devices, their keys and ports, hostnames. Written for SQLite and PostgreSQL alike.
-- Lists of words stand in one column, one word a line; times are milliseconds since 1970 (UTC).

CREATE TABLE directory (
    id      INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    version BIGINT  NOT NULL
);

INSERT INTO directory (id, version) VALUES (1, 1);

CREATE TABLE device (
    name           TEXT    NOT NULL PRIMARY KEY,
    title          TEXT    NOT NULL,
    tags           TEXT    NOT NULL,
    enabled        INTEGER NOT NULL CHECK (enabled IN (0, 1)),
    key_from       TEXT    NOT NULL,
    visitor_from   TEXT    NOT NULL,
    automatic_port INTEGER NOT NULL UNIQUE,
    tls            TEXT    NOT NULL,
    device_tls     TEXT    NOT NULL,
    legacy_until   TEXT,
    created        BIGINT  NOT NULL
);

CREATE TABLE device_key (
    fingerprint TEXT    NOT NULL PRIMARY KEY,
    device      TEXT    NOT NULL REFERENCES device (name) ON DELETE CASCADE,
    position    INTEGER NOT NULL,
    type        TEXT    NOT NULL,
    blob        TEXT    NOT NULL,
    comment     TEXT    NOT NULL,
    key_from    TEXT    NOT NULL,
    expires     BIGINT
);

CREATE INDEX device_key_device ON device_key (device);

CREATE TABLE port (
    number      INTEGER NOT NULL PRIMARY KEY CHECK (number BETWEEN 1 AND 65535),
    device      TEXT    NOT NULL REFERENCES device (name) ON DELETE CASCADE,
    position    INTEGER NOT NULL,
    bind        TEXT,
    bind_choice TEXT,
    tls_seen    INTEGER NOT NULL CHECK (tls_seen IN (0, 1)),
    CHECK ((bind IS NULL) = (bind_choice IS NULL))
);

CREATE INDEX port_device ON port (device);

-- port NULL: the hostname follows the device's main port
CREATE TABLE hostname (
    name       TEXT    NOT NULL PRIMARY KEY,
    device     TEXT    NOT NULL REFERENCES device (name) ON DELETE CASCADE,
    port       INTEGER,
    tls        TEXT    NOT NULL,
    device_tls TEXT    NOT NULL
);

CREATE INDEX hostname_device ON hostname (device);
