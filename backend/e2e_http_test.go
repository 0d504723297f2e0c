package main

import (
	"net/http"
	"slices"
	"strings"
	"testing"
)

func TestPagesOverHTTP(t *testing.T) {
	t.Parallel()
	h := open(t)
	ada := h.signIn("Ada")
	ada.room("tea")
	c := ada.dial()
	empty := h.call("GET", "/api/rooms/general/events", "").want(t, 200, "") // before the first event
	if len(empty.Events) != 0 || empty.Seq != 0 || empty.More == nil || *empty.More || !strings.Contains(empty.text, `"events":[]`) {
		t.Errorf("an empty room: %s", empty.text)
	}
	for range 70 {
		c.send("tea", "leaf")
	}
	epoch := c.join("tea").Epoch
	for query, want := range map[string][]uint64{
		"":                          span(22, 71),
		"?limit=200":                span(1, 71),
		"?limit=1":                  span(71, 71),
		"?before=71":                span(21, 70),
		"?before=2":                 span(1, 1),
		"?before=1":                 span(1, 0),
		"?before=0":                 span(1, 0),
		"?before=5000&limit=2":      span(70, 71),
		"?before=9007199254740991":  span(22, 71),
		"?before=10&limit=3&more=x": span(7, 9),
	} {
		r := h.call("GET", "/api/rooms/tea/events"+query, "").want(t, 200, "")
		f := frame{Events: r.Events}
		same(t, query, f.seqs(), want)
		if more := len(want) > 0 && want[0] > 1; r.More == nil || *r.More != more || r.Seq != 71 || r.Epoch != epoch {
			t.Errorf("%s: more %v, seq %d, epoch %s", query, r.More, r.Seq, r.Epoch)
		}
	}
	for query, field := range map[string]string{
		"?limit=0": "limit", "?limit=201": "limit", "?limit=-1": "limit", "?limit=": "limit", "?limit=abc": "limit", "?limit=1.0": "limit",
		"?limit=1&limit=2": "limit", "?before=-1": "before", "?before=9007199254740992": "before", "?before=1e2": "before", "?before=%2B1": "before",
		"?before=": "before", "?before=99999999999999999999": "before", "?limit=%zz": "",
	} {
		if r := h.call("GET", "/api/rooms/tea/events"+query, "").want(t, 400, "invalid"); r.Error.Field != field {
			t.Errorf("%s: field %q", query, r.Error.Field)
		}
	}
	for _, room := range []string{"nowhere", "Tea", "%00", "..%2Ftea", "%ff"} {
		h.call("GET", "/api/rooms/"+room+"/events", "").want(t, 404, "not_found")
	}
}

func TestFailuresOverHTTPAreJSON(t *testing.T) {
	t.Parallel()
	h := open(t)
	ada := h.signIn("Ada")
	for _, path := range []string{"/api/", "/api/nothing", "/api/rooms/", "/api/rooms/general/", "/api/rooms/general/members/you", "/api/Session", "/api/session/x"} {
		h.call("GET", path, "").want(t, 404, "not_found")
	}
	for call, allow := range map[string]string{
		"PUT /api/session": "DELETE, GET, HEAD, PATCH, POST", "DELETE /api/rooms": "GET, HEAD, POST", "POST /api/rooms/general/events": "GET, HEAD", "POST /api/about": "GET, HEAD",
		"GET /api/rooms/general/members/me": "DELETE, PUT", "DELETE /api/rooms/general": "GET, HEAD, PATCH",
	} {
		method, path, _ := strings.Cut(call, " ")
		body := ""
		if method != "GET" {
			body = "{}"
		}
		r := h.call(method, path, body).want(t, 405, "invalid")
		got := strings.Split(r.header.Get("Allow"), ", ")
		slices.Sort(got)
		same(t, call, got, strings.Split(allow, ", "))
	}
	for _, kind := range []string{"text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/jsonx", "application/json/x", ""} {
		for _, path := range []string{"/api/session", "/api/rooms"} {
			h.call("POST", path, `{"name":"Eve"}`, "Content-Type: "+kind, ada.cookie).want(t, 415, "invalid")
		}
		h.call("PUT", "/api/rooms/general/members/me", `{}`, "Content-Type: "+kind, ada.cookie).want(t, 415, "invalid")
	}
	h.call("POST", "/api/rooms", "", ada.cookie).want(t, 415, "invalid")
	for _, kind := range []string{"application/json", "application/json; charset=utf-8", "Application/JSON"} {
		h.call("POST", "/api/rooms", `{}`, "Content-Type: "+kind, ada.cookie).want(t, 400, "invalid")
	}
	for _, path := range []string{"/metrics", "/debug/pprof/", "/debug/vars", "/ws/x", "/index.php", "/.env", "/teahouse.db"} {
		if r := h.call("GET", path, ""); r.status != 404 {
			t.Errorf("%s: %d", path, r.status)
		}
	}
	for _, path := range []string{"/ws/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "//evil.example/%2f..", "/ws%00", "/assets/..%2f..%2fgo.mod", "/\\evil.example"} {
		r := h.raw("GET", path, "")
		if to := r.header.Get("Location"); (r.status != 400 && r.status != 404 && r.status/100 != 3) || strings.HasPrefix(to, "//") || strings.Contains(to, "://") || strings.HasPrefix(to, "/\\") {
			t.Errorf("%s: %d to %q", path, r.status, to)
		}
	}
	if r := h.call("GET", "/", ""); r.status != 200 || !strings.HasPrefix(r.header.Get("Content-Type"), "text/html") {
		t.Errorf("the client: %d %v", r.status, r.header)
	}
}

func TestUnsafeRequestsNeedAnOriginThatMay(t *testing.T) {
	t.Parallel()
	h := open(t, "HOST=0.0.0.0", "ALLOWED_ORIGINS=https://friend.example")
	const host = "Host: chat.example"
	ada := h.signIn("Ada")
	try := func(status int, code string, headers ...string) {
		t.Helper()
		for _, call := range []string{"POST /api/rooms {}", "PUT /api/rooms/nowhere/members/me {}", "DELETE /api/rooms/nowhere/members/me {}"} {
			part := strings.SplitN(call, " ", 3)
			r := h.call(part[0], part[1], part[2], append(headers, host, ada.cookie)...)
			if status != 0 {
				r.want(t, status, code)
			} else if r.status == 403 || r.status == 401 {
				t.Errorf("%s %v: %d %s", call, headers, r.status, r.text)
			}
		}
	}
	for _, origin := range []string{"https://evil.example", "null", "https://chat.example", "http://chat.example:81", "http://friend.example", "http://localhost:3000"} {
		try(403, "forbidden", "Origin: "+origin)
	}
	try(400, "invalid", "Origin: http://chat.example", "Origin: http://chat.example")
	try(403, "forbidden", "Sec-Fetch-Site: cross-site")
	try(403, "forbidden", "Sec-Fetch-Site: same-site")
	try(0, "", "Origin: http://chat.example")
	try(0, "", "Origin: https://friend.example")
	try(0, "", "Origin: https://friend.example", "Sec-Fetch-Site: cross-site")
	try(0, "", "Sec-Fetch-Site: same-origin")
	try(0, "") // a program, no browser
	if len(h.call("GET", "/api/rooms", "").Rooms) != 1 {
		t.Error("a refused request took effect")
	}
}

func TestCORS(t *testing.T) {
	t.Parallel()
	h := open(t, "HOST=0.0.0.0", "ALLOWED_ORIGINS=https://friend.example")
	const host = "Host: chat.example"
	preflight := []string{host, "Access-Control-Request-Method: PUT", "Access-Control-Request-Headers: content-type"}
	for _, origin := range []string{"https://friend.example", "http://chat.example"} {
		r := h.call("OPTIONS", "/api/rooms/tea/members/me", "", append(preflight, "Origin: "+origin)...)
		if r.status/100 != 2 || r.header.Get("Access-Control-Allow-Origin") != origin || r.header.Get("Access-Control-Allow-Credentials") != "true" ||
			r.header.Get("Access-Control-Allow-Methods") != "PUT" || !strings.EqualFold(r.header.Get("Access-Control-Allow-Headers"), "content-type") {
			t.Errorf("preflight of %s: %d %v", origin, r.status, r.header)
		}
		r = h.call("GET", "/api/rooms", "", host, "Origin: "+origin).want(t, 200, "")
		if r.header.Get("Access-Control-Allow-Origin") != origin || r.header.Get("Access-Control-Allow-Credentials") != "true" ||
			!strings.Contains(strings.Join(r.header.Values("Vary"), ","), "Origin") {
			t.Errorf("%s: %v", origin, r.header)
		}
		// A page can read why it was refused.
		r = h.call("POST", "/api/rooms", `{"name":"x"}`, host, "Origin: "+origin).want(t, 401, "unauthenticated")
		if r.header.Get("Access-Control-Allow-Origin") != origin {
			t.Errorf("%s: %v", origin, r.header)
		}
	}
	for _, origin := range []string{"https://evil.example", "null", "https://friend.example.evil.example", "http://localhost:3000"} {
		for _, r := range []*reply{
			h.call("OPTIONS", "/api/rooms", "", append(preflight, "Origin: "+origin)...),
			h.call("GET", "/api/rooms", "", host, "Origin: "+origin),
		} {
			if r.header.Get("Access-Control-Allow-Origin") != "" || r.header.Get("Access-Control-Allow-Credentials") != "" {
				t.Errorf("%s: %v", origin, r.header)
			}
		}
	}
	local := open(t) // the development server's origin is allowed on loopback
	for _, origin := range []string{"http://localhost:3000", "http://127.0.0.1:3000", "http://localhost:4173"} {
		if r := local.call("GET", "/api/rooms", "", "Origin: "+origin); r.header.Get("Access-Control-Allow-Origin") != origin {
			t.Errorf("%s: %v", origin, r.header)
		}
	}
}

func TestHealth(t *testing.T) {
	t.Parallel()
	h := open(t)
	if r := h.call("GET", "/healthz", ""); r.status != http.StatusOK || r.text != `{"status":"ok"}` {
		t.Errorf("%d %s", r.status, r.text)
	}
	for range 3 {
		if r := h.call("GET", "/readyz", ""); r.status != http.StatusOK || !strings.HasPrefix(r.text, `{"status":"ready"`) || !strings.Contains(r.text, `"checks":{`) {
			t.Errorf("%d %s", r.status, r.text)
		}
	}
	h.server.stopping.Store(true)
	if r := h.call("GET", "/readyz", ""); r.status != http.StatusServiceUnavailable || !strings.HasPrefix(r.text, `{"status":"unavailable"`) {
		t.Errorf("while stopping: %d %s", r.status, r.text)
	}
	h.call("GET", "/healthz", "").want(t, 200, "")
}
