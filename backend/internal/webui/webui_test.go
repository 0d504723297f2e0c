package webui_test

import (
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/teahouse-chat/teahouse/backend/internal/webui"
)

// client is a built client as the build leaves it, with one file not compressed.
var client = fstest.MapFS{
	"index.html":             {Data: []byte("<!doctype html>client")},
	"index.html.br":          {Data: []byte("br of index")},
	"index.html.gz":          {Data: []byte("gz of index")},
	"favicon.svg":            {Data: []byte("<svg/>")},
	"sw.js":                  {Data: []byte("self.tea")},
	"sw.js.br":               {Data: []byte("br of sw")},
	"manifest.webmanifest":   {Data: []byte("{}")},
	"emoji/en/data.json":     {Data: []byte("[]")},
	"assets/main-4f.js":      {Data: []byte("let tea")},
	"assets/main-4f.js.br":   {Data: []byte("br of js")},
	"assets/main-4f.js.gz":   {Data: []byte("gz of js")},
	"assets/archive.tar.gz":  {Data: []byte("no form of another file")},
	"assets/photo-9a.png":    {Data: []byte("png")},
	"assets/photo-9a.png.gz": {Data: []byte("gz of png")},
}

func newHandler(t *testing.T, files fs.FS) http.Handler {
	t.Helper()
	h, err := webui.New(files, func(r *http.Request) bool { return r.Host != "tea.lan" })
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func do(h http.Handler, method, path string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "/", nil)
	r.URL.Path = path
	for i := 0; i < len(header); i += 2 {
		r.Header.Add(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestAddresses(t *testing.T) {
	h := newHandler(t, client)
	for path, want := range map[string]string{
		"/":                      "<!doctype html>client",
		"/rooms/general":         "<!doctype html>client",
		"/rooms/a-1":             "<!doctype html>client",
		"/favicon.svg":           "<svg/>",
		"/assets/main-4f.js":     "let tea",
		"/assets/archive.tar.gz": "no form of another file",
		"/about":                 "<!doctype html>client",
		"/sw.js":                 "self.tea",
		"/manifest.webmanifest":  "{}",
		"/emoji/en/data.json":    "[]",
		"/emoji":                 "",
		"/about/":                "",
		"/aboutus":               "",
		"/rooms":                 "",
		"/rooms/":                "",
		"/rooms/General":         "",
		"/rooms/general/":        "",
		"/rooms/a/b":             "",
		"/index.html":            "",
		"/index.html.br":         "",
		"/assets/main-4f.js.gz":  "",
		"/assets":                "",
		"/assets/":               "",
		"/assets/other.js":       "",
		"/../index.html":         "",
		"//favicon.svg":          "",
		"/assets/../favicon.svg": "",
		"/login":                 "",
		"":                       "",
		"/rooms/general\x00":     "",
	} {
		w := do(h, http.MethodGet, path)
		if want == "" {
			if w.Code != http.StatusNotFound || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/plain") {
				t.Errorf("GET %q = %d %q, want a plain 404", path, w.Code, w.Body)
			}
			continue
		}
		if w.Code != http.StatusOK || w.Body.String() != want {
			t.Errorf("GET %q = %d %q, want %q", path, w.Code, w.Body, want)
		}
	}
}

func TestEncodings(t *testing.T) {
	h := newHandler(t, client)
	for _, tc := range []struct{ path, accept, encoding, body string }{
		{"/assets/main-4f.js", "gzip, deflate, br, zstd", "br", "br of js"},
		{"/assets/main-4f.js", "gzip", "gzip", "gz of js"},
		{"/assets/main-4f.js", "GZIP;Q=1.0, br; q=0.5", "gzip", "gz of js"},
		{"/assets/main-4f.js", "br;q=0, *", "gzip", "gz of js"},
		{"/assets/main-4f.js", "br;q=0, gzip;q=0", "", "let tea"},
		{"/assets/main-4f.js", "br;q=2, gzip;q=NaN", "", "let tea"},
		{"/assets/main-4f.js", "", "", "let tea"},
		{"/assets/photo-9a.png", "br", "", "png"},
		{"/favicon.svg", "gzip, br", "", "<svg/>"},
		{"/", "br", "br", "br of index"},
	} {
		w := do(h, http.MethodGet, tc.path, "Accept-Encoding", tc.accept)
		if got := w.Header().Get("Content-Encoding"); got != tc.encoding || w.Body.String() != tc.body {
			t.Errorf("GET %s, Accept-Encoding %q = %q %q, want %q %q", tc.path, tc.accept, got, w.Body, tc.encoding, tc.body)
		}
		if got := w.Header().Get("Vary"); got != "Accept-Encoding" {
			t.Errorf("GET %s: Vary = %q", tc.path, got)
		}
	}
}

func TestCaching(t *testing.T) {
	h := newHandler(t, client)
	for path, cache := range map[string]string{
		"/":              "no-cache",
		"/rooms/general": "no-cache",
		"/favicon.svg":   "no-cache",
		"/about":         "no-cache",
		// Its address never changes, so it has to be asked for each time.
		"/sw.js":                "no-cache",
		"/manifest.webmanifest": "no-cache",
		"/emoji/en/data.json":   "no-cache",
		"/assets/main-4f.js":    "public, max-age=31536000, immutable",
		"/nothing":              "no-store",
	} {
		if got := do(h, http.MethodGet, path).Header().Get("Cache-Control"); got != cache {
			t.Errorf("GET %s: Cache-Control = %q, want %q", path, got, cache)
		}
	}
}

func TestNotModified(t *testing.T) {
	h := newHandler(t, client)
	plain := do(h, http.MethodGet, "/").Header().Get("ETag")
	brotli := do(h, http.MethodGet, "/", "Accept-Encoding", "br").Header().Get("ETag")
	if plain == brotli || !strings.HasPrefix(plain, `"`) || !strings.HasSuffix(plain, `"`) {
		t.Fatalf("ETags = %q and %q, want two", plain, brotli)
	}
	for _, tag := range []string{plain, "W/" + plain, `"x", ` + plain, "*"} {
		w := do(h, http.MethodGet, "/", "If-None-Match", tag)
		if w.Code != http.StatusNotModified || w.Body.Len() != 0 || w.Header().Get("ETag") != plain || w.Header().Get("Vary") == "" {
			t.Errorf("If-None-Match %s = %d %q %v", tag, w.Code, w.Body, w.Header())
		}
	}
	for _, tag := range []string{brotli, `"x"`, ""} {
		if w := do(h, http.MethodGet, "/", "If-None-Match", tag); w.Code != http.StatusOK {
			t.Errorf("If-None-Match %s = %d, want the page", tag, w.Code)
		}
	}
}

func TestMethods(t *testing.T) {
	h := newHandler(t, client)
	head := do(h, http.MethodHead, "/assets/main-4f.js", "Accept-Encoding", "br")
	if head.Code != http.StatusOK || head.Body.Len() != 0 || head.Header().Get("Content-Length") != "8" {
		t.Errorf("HEAD = %d %q %v", head.Code, head.Body, head.Header())
	}
	for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodOptions, "BREW"} {
		w := do(h, method, "/")
		if w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != "GET, HEAD" {
			t.Errorf("%s = %d, Allow %q", method, w.Code, w.Header().Get("Allow"))
		}
	}
}

func TestHeaders(t *testing.T) {
	h := newHandler(t, client)
	for _, path := range []string{"/", "/assets/main-4f.js", "/nothing"} {
		header := do(h, http.MethodGet, path).Header()
		policy := header.Get("Content-Security-Policy")
		for _, want := range []string{
			"default-src 'none'", "script-src 'self';", "style-src 'self';", "img-src 'self';", "connect-src 'self';",
			"worker-src 'self';", "manifest-src 'self';", "frame-ancestors 'none'", "require-trusted-types-for 'script';", "trusted-types teahouse",
		} {
			if !strings.Contains(policy, want) {
				t.Errorf("GET %s: the policy %q lacks %q", path, policy, want)
			}
		}
		for name, want := range map[string]string{
			"X-Content-Type-Options":       "nosniff",
			"Referrer-Policy":              "no-referrer",
			"Cross-Origin-Opener-Policy":   "same-origin",
			"Cross-Origin-Resource-Policy": "same-origin",
		} {
			if got := header.Get(name); got != want {
				t.Errorf("GET %s: %s = %q, want %q", path, name, got, want)
			}
		}
	}
}

// TestOpenerPolicy: browsers complain about it where they do not trust the address.
func TestOpenerPolicy(t *testing.T) {
	h := newHandler(t, client)
	for host, want := range map[string]string{"chat.example": "same-origin", "tea.lan": ""} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Host = host
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if got := w.Header().Get("Cross-Origin-Opener-Policy"); got != want {
			t.Errorf("at %s Cross-Origin-Opener-Policy = %q, want %q", host, got, want)
		}
	}
}

// TestViews holds the client's service worker and the demo's nginx to the
// addresses that are answered here.
func TestViews(t *testing.T) {
	h := newHandler(t, client)
	worker, err := os.ReadFile("../../../frontend/src/sw/shell.js")
	if err != nil {
		t.Fatal(err)
	}
	m := regexp.MustCompile(`VIEW = /(.*)/;`).FindSubmatch(worker)
	if m == nil {
		t.Fatal("the service worker names no views")
	}
	view := regexp.MustCompile(strings.ReplaceAll(string(m[1]), `\/`, "/"))
	conf, err := os.ReadFile("../../../deploy/nginx/nginx.conf")
	if err != nil {
		t.Fatal(err)
	}
	n := regexp.MustCompile(`location ~ '(.*)' \{\s+rewrite \^ /index.html last;`).FindSubmatch(conf)
	if n == nil {
		t.Fatal("nginx names no views")
	}
	nginx := regexp.MustCompile(string(n[1]))
	for _, path := range []string{
		"/", "/about", "/about/", "/tester", "/tester/", "/rooms", "/rooms/", "/rooms/general", "/rooms/a-1", "/rooms/-a", "/rooms/General",
		"/rooms/a/b", "/rooms/" + strings.Repeat("a", 63), "/rooms/" + strings.Repeat("a", 64), "/api/about", "/sw.js", "/ws", "",
	} {
		want := do(h, http.MethodGet, path).Body.String() == "<!doctype html>client"
		if view.MatchString(path) != want {
			t.Errorf("%q is a view to the service worker or here, but not to both", path)
		}
		if nginx.MatchString(path) != want {
			t.Errorf("%q is a view to nginx or here, but not to both", path)
		}
	}
}

func TestContentTypes(t *testing.T) {
	files := fstest.MapFS{"index.html": {}}
	types := map[string]string{
		"a.js": "text/javascript; charset=utf-8", "a.css": "text/css; charset=utf-8", "a.svg": "image/svg+xml",
		"a.woff2": "font/woff2", "a.webmanifest": "application/manifest+json", "a.json": "application/json",
		"a.png": "image/png", "a.bin": "application/octet-stream", "a.txt": "text/plain; charset=utf-8",
	}
	for name := range types {
		files[name] = &fstest.MapFile{Data: []byte("x")}
	}
	h := newHandler(t, files)
	for name, want := range types {
		if got := do(h, http.MethodGet, "/"+name).Header().Get("Content-Type"); got != want {
			t.Errorf("%s: Content-Type = %q, want %q", name, got, want)
		}
	}
	if got := do(h, http.MethodGet, "/").Header().Get("Content-Type"); got != "text/html; charset=utf-8" {
		t.Errorf("/: Content-Type = %q", got)
	}
}

func TestEmbedded(t *testing.T) {
	files, err := webui.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	w := do(newHandler(t, files), http.MethodGet, "/")
	if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "Teahouse") {
		t.Errorf("GET / = %d %q", w.Code, w.Body)
	}
	if strings.Contains(w.Body.String(), "style=") || strings.Contains(w.Body.String(), "<style") {
		t.Error("the page brings styles of its own, which its policy forbids")
	}
}

func TestWithoutIndex(t *testing.T) {
	if _, err := webui.New(fstest.MapFS{"a.js": {}}, func(*http.Request) bool { return true }); err == nil {
		t.Error("New accepted a client without index.html")
	}
}
