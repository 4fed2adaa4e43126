# Varnish in front of cms (7.1 or newer): varnishd -a :80 -f varnish.vcl -s malloc,2g
# docs/PROXIES.md says why each part is there.
vcl 4.1;

import std;

backend cms {
    .host = "127.0.0.1";
    .port = "8080";
    .first_byte_timeout = 30s;
    .between_bytes_timeout = 30s;
    .probe = {
        .url = "/readyz";
        .interval = 5s;
        .timeout = 2s;
        .window = 3;
        .threshold = 2;
        .initial = 2;
    }
}

# Who may purge: PURGE with the header Surrogate-Key, the id of what was taken down.
acl purgers {
    "localhost";
}

sub vcl_recv {
    if (req.method == "PURGE") {
        if (client.ip !~ purgers || req.http.Surrogate-Key !~ "^[0-9a-f]{64}$") {
            return (synth(405, "Not allowed"));
        }
        ban("obj.http.Surrogate-Key == " + req.http.Surrogate-Key);
        return (synth(204, "Purged"));
    }

    # Only what everybody may read is kept. Never /authoring, /protected, /shared, /admin.
    if (req.url !~ "^/v1/" || (req.method != "GET" && req.method != "HEAD")) {
        return (pass);
    }
    # Nothing here depends on either.
    unset req.http.Cookie;
    unset req.http.Authorization;

    # stale-while-revalidate=30, as the pointer says. Once the server has failed, stale-if-error.
    set req.grace = 30s;
    if (req.restarts > 0 || !std.healthy(req.backend_hint)) {
        set req.grace = 24h;
    }
    return (hash);
}

sub vcl_hash {
    # By the address alone: no answer depends on the Host, and strangers can send any.
    hash_data(req.url);
    return (lookup);
}

sub vcl_backend_response {
    if (beresp.status >= 500) {
        # A failure takes no stale answer's place.
        if (bereq.is_bgfetch) {
            return (abandon);
        }
        set beresp.ttl = 0s;
        set beresp.grace = 0s;
        set beresp.uncacheable = true;
        return (deliver);
    }
    # What may not be kept leaves no note of that either, of which strangers could have any number.
    if (beresp.http.Cache-Control ~ "no-store|private") {
        set beresp.ttl = 0s;
        set beresp.uncacheable = true;
        return (deliver);
    }
    # Kept for as long as the answer allows when the server fails.
    set beresp.grace = 0s;
    if (beresp.http.Cache-Control ~ "stale-if-error=[0-9]+") {
        set beresp.grace = std.duration(
            regsub(beresp.http.Cache-Control, ".*stale-if-error=([0-9]+).*", "\1s"), 0s);
    }
}

sub vcl_backend_error {
    if (bereq.is_bgfetch) {
        return (abandon);
    }
    set beresp.ttl = 0s;
    set beresp.grace = 0s;
    set beresp.uncacheable = true;
    set beresp.http.Cache-Control = "no-store";
    set beresp.http.Retry-After = "5";
    set beresp.http.Content-Type = "text/plain; charset=utf-8";
    # Pages of other origins are told as well.
    set beresp.http.Access-Control-Allow-Origin = "*";
    synthetic("The server does not answer.");
    return (deliver);
}

sub vcl_deliver {
    # The server failed while it was thought well: once more, with what is kept for that.
    if (resp.status >= 500 && req.restarts == 0 && req.url ~ "^/v1/"
        && (req.method == "GET" || req.method == "HEAD")) {
        return (restart);
    }
    if (obj.hits > 0) {
        set resp.http.X-Cache = "HIT";
    } else {
        set resp.http.X-Cache = "MISS";
    }
}
