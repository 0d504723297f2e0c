// Package webui serves the built client out of the binary. dist/ holds a
// committed placeholder page, so that the server always compiles; `make build`
// writes the real client to dist/app, which wins when it is there.
package webui

import (
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"path"
	"regexp"
	"strconv"
	"strings"
)

//go:embed all:dist
var dist embed.FS

const indexName = "index.html"

// Embedded returns the client that is built into this binary, or the
// placeholder page where none is.
func Embedded() (fs.FS, error) {
	if _, err := fs.Stat(dist, "dist/app/"+indexName); err == nil {
		return fs.Sub(dist, "dist/app")
	}
	return fs.Sub(dist, "dist/placeholder")
}

// file is one thing to be served. Its bytes stay where they are; only what
// every answer needs is worked out beforehand.
type file struct {
	name, contentType, cache string
	digest                   string // of the content as it is, for ETags
	encodings                []encoding
}

// encoding is one form of a file: as it is, or compressed when it was built.
type encoding struct {
	name, suffix string
	size         int64
}

// compressed are the forms looked for beside each file, the preferred one first.
var compressed = []encoding{{name: "br", suffix: ".br"}, {name: "gzip", suffix: ".gz"}}

type handler struct {
	files       fs.FS
	names       map[string]*file
	trustworthy func(*http.Request) bool
}

// New serves files: index.html at the addresses of the client's views, all
// else under its own name. What is not there is a 404, never the client.
// trustworthy says whether browsers trust the address that was asked for: one
// of https or of their own machine.
func New(files fs.FS, trustworthy func(*http.Request) bool) (http.Handler, error) {
	h := &handler{files: files, names: map[string]*file{}, trustworthy: trustworthy}
	err := fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || isCompressed(files, name) {
			return err
		}
		f, err := describe(files, name)
		h.names[name] = f
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the client: %w", err)
	}
	if h.names[indexName] == nil {
		return nil, fmt.Errorf("read the client: it has no %s", indexName)
	}
	return h, nil
}

// isCompressed reports whether name is only another form of a file beside it.
func isCompressed(files fs.FS, name string) bool {
	for _, c := range compressed {
		if plain, ok := strings.CutSuffix(name, c.suffix); ok {
			if _, err := fs.Stat(files, plain); err == nil {
				return true
			}
		}
	}
	return false
}

func describe(files fs.FS, name string) (*file, error) {
	f := &file{name: name, contentType: contentTypes[path.Ext(name)], cache: "no-cache"}
	if f.contentType == "" {
		f.contentType = "application/octet-stream"
	}
	if strings.HasPrefix(name, "assets/") {
		f.cache = "public, max-age=31536000, immutable" // the build puts a digest into these names
	}
	for _, c := range compressed {
		if info, err := fs.Stat(files, name+c.suffix); err == nil {
			c.size = info.Size()
			f.encodings = append(f.encodings, c)
		}
	}
	content, err := files.Open(name)
	if err != nil {
		return nil, err
	}
	hash := sha256.New()
	size, err := io.Copy(hash, content)
	if closed := content.Close(); err == nil {
		err = closed
	}
	f.encodings = append(f.encodings, encoding{size: size})
	f.digest = base64.RawURLEncoding.EncodeToString(hash.Sum(nil)[:12])
	return f, err
}

// contentTypes are what a client consists of. The machine's own tables are not
// asked: they differ.
var contentTypes = map[string]string{
	".css":         "text/css; charset=utf-8",
	".html":        "text/html; charset=utf-8",
	".ico":         "image/x-icon",
	".jpg":         "image/jpeg",
	".js":          "text/javascript; charset=utf-8",
	".json":        "application/json",
	".md":          "text/plain; charset=utf-8",
	".png":         "image/png",
	".svg":         "image/svg+xml",
	".txt":         "text/plain; charset=utf-8",
	".webmanifest": "application/manifest+json",
	".webp":        "image/webp",
	".woff2":       "font/woff2",
}

// view matches the addresses of the client's views. The client's service worker
// and the demo's nginx know the same ones.
var view = regexp.MustCompile(`^/(about|tester|rooms/[a-z0-9][a-z0-9-]{0,62})?$`)

func (h *handler) find(urlPath string) *file {
	if view.MatchString(urlPath) {
		return h.names[indexName]
	}
	name := strings.TrimPrefix(urlPath, "/")
	if name == indexName {
		return nil // it has one address
	}
	return h.names[name]
}

// ServeHTTP answers GET and HEAD.
func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	setSecurityHeaders(w.Header(), h.trustworthy(r))
	f := h.find(r.URL.Path)
	if f == nil {
		h.refuse(w, http.StatusNotFound, "There is nothing at this address. The way in is at /.\n")
		return
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		h.refuse(w, http.StatusMethodNotAllowed, "Only GET and HEAD are answered here.\n")
		return
	}
	h.serve(w, r, f)
}

func (h *handler) refuse(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(len(text)))
	w.WriteHeader(status)
	_, _ = io.WriteString(w, text) // whoever went away needs no answer
}

func (h *handler) serve(w http.ResponseWriter, r *http.Request, f *file) {
	chosen := choose(r.Header.Values("Accept-Encoding"), f.encodings)
	etag := `"` + f.digest + chosen.suffix + `"`
	header := w.Header()
	header.Set("Cache-Control", f.cache)
	header.Set("ETag", etag)
	header.Set("Vary", "Accept-Encoding")
	if matches(r.Header.Values("If-None-Match"), etag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	content, err := h.files.Open(f.name + chosen.suffix)
	if err != nil {
		h.refuse(w, http.StatusInternalServerError, "This file cannot be read.\n")
		return
	}
	defer func() { _ = content.Close() }() // only read from
	header.Set("Content-Type", f.contentType)
	header.Set("Content-Length", strconv.FormatInt(chosen.size, 10))
	if chosen.name != "" {
		header.Set("Content-Encoding", chosen.name)
	}
	w.WriteHeader(http.StatusOK)
	if r.Method == http.MethodGet {
		_, _ = io.Copy(w, content) // whoever went away needs no answer
	}
}
