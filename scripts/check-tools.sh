# shellcheck shell=bash
# Sourced by ./check: the programs that the tests talk to. As root on Debian they are installed, otherwise named.

# COMMAND:PACKAGE, Debian's names.
# shellcheck disable=SC2034  # used by ./check
PEERS=(ssh:openssh-client sshd:openssh-server dbclient:dropbear-bin plink:putty-tools puttygen:putty-tools
    nginx:nginx-light apache2:apache2-bin lighttpd:lighttpd haproxy:haproxy node:nodejs nc:netcat-openbsd curl:curl
    openssl:openssl pebble:pebble named:bind9 shellcheck:shellcheck sslscan:sslscan testssl:testssl.sh)
# shellcheck disable=SC2034
BROWSER=(chromium:chromium node:nodejs npm:npm)

readonly PLAYWRIGHT_VERSION=1.62.0

need_tools() {
    local entry packages=()
    PATH=$PATH:/usr/sbin:/sbin
    for entry in "$@"; do
        command -v "${entry%%:*}" >/dev/null || packages+=("${entry##*:}")
    done
    [ ${#packages[@]} -gt 0 ] || return 0
    if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
        echo "installing ${packages[*]}" >&2
        apt-get update -qq >&2
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${packages[@]}" >&2
    else
        echo "The tests need these programs. Install them: apt-get install ${packages[*]}" >&2
        exit 2
    fi
}

# Playwright's driver is a Node program; its Java bundle brings all platforms (200 MB), so the one package is taken from npm.
need_playwright() {
    local folder=$1
    if [ ! -e "$folder/package/package.json" ]; then
        mkdir -p "$folder"
        npm install --silent --no-audit --no-fund --prefix "$folder" "playwright-core@$PLAYWRIGHT_VERSION" >&2
        ln -sfn "$(command -v node)" "$folder/node"
        ln -sfn node_modules/playwright-core "$folder/package"
    fi
}
