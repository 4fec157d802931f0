-- What operators have set of hostnames' options: a row for each that is not at its default. Which there are, the program
-- says; so a new option needs no new table.

CREATE TABLE hostname_option (
    hostname TEXT NOT NULL REFERENCES hostname (name) ON DELETE CASCADE,
    name     TEXT NOT NULL,
    value    TEXT NOT NULL,
    PRIMARY KEY (hostname, name)
);

-- The same for NAME.domain, which is not stored: it follows from the device's name and the configuration.
CREATE TABLE automatic_hostname_option (
    device TEXT NOT NULL REFERENCES device (name) ON DELETE CASCADE,
    name   TEXT NOT NULL,
    value  TEXT NOT NULL,
    PRIMARY KEY (device, name)
);
