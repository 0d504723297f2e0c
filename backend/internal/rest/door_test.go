package rest

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// mirror answers with what it was asked.
func mirror(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	_, _ = fmt.Fprintf(w, "%s %q %q %q %q %s\n", r.Method, r.URL.Path, r.URL.RawQuery, r.Host, r.RequestURI, r.Proto)
	for _, name := range slices.Sorted(maps.Keys(r.Header)) {
		_, _ = fmt.Fprintf(w, "%s: %q\n", name, r.Header[name])
	}
	_, _ = fmt.Fprintf(w, "%q %v %d\n", body, err, r.ContentLength)
}

// doors starts two servers, one with a door and one without.
func doors(t *testing.T, handler http.HandlerFunc) (with, without string) {
	t.Helper()
	serve := func(wrap func(net.Listener) net.Listener) string {
		l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		server := &http.Server{
			Handler: handler, MaxHeaderBytes: 28 << 10, ReadHeaderTimeout: 10 * time.Second,
			ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelDebug),
		}
		inner, ended := wrap(l), make(chan error, 1)
		go func() { ended <- server.Serve(inner) }()
		t.Cleanup(func() {
			_ = server.Close()
			if err := <-ended; err != http.ErrServerClosed { //nolint:errorlint // never wrapped
				t.Errorf("the server ended with %v", err)
			}
			if d, ok := inner.(*Door); ok {
				d.Wait()
			}
		})
		return l.Addr().String()
	}
	with = serve(func(l net.Listener) net.Listener {
		return NewDoor(l, handler, slog.New(slog.DiscardHandler), 10*time.Second)
	})
	return with, serve(func(l net.Listener) net.Listener { return l })
}

// tell writes a request in two pieces and returns the answer's status and body.
func tell(t *testing.T, addr, text string, cut int) string {
	t.Helper()
	c, err := new(net.Dialer).DialContext(t.Context(), "tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	_ = c.SetDeadline(time.Now().Add(30 * time.Second))
	go func() { // the server may stop reading
		_, _ = io.WriteString(c, text[:cut])
		_, _ = io.WriteString(c, text[cut:])
	}()
	answer, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		return "no answer"
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	if errors.Is(err, syscall.ECONNRESET) {
		// net/http answers 400 and closes without reading on: a piece that comes
		// later is answered with a reset, behind the whole answer.
		err = nil
	}
	return fmt.Sprintf("%d %s %v", answer.StatusCode, body, err)
}

// Whoever answers, the door or net/http, a request is understood alike.
func TestTheDoorChangesNothing(t *testing.T) {
	t.Parallel()
	with, without := doors(t, mirror)
	whole := usual + "\r\n"
	instead := func(from, to string) string { return strings.Replace(whole, from, to, 1) }
	const host = "Host: tea.example:8080\r\n"
	for name, text := range map[string]string{
		"usual":                whole,
		"no query":             instead("?name=Ada", ""),
		"an empty query":       instead("?name=Ada", "?"),
		"odd query":            instead("?name=Ada", "?a=%zz&b=?;c"),
		"a fragment":           instead("?name=Ada", "?a#b"),
		"an encoded path":      instead("/ws", "/%77s"),
		"a path with a NUL":    instead("/ws", "/ws%00"),
		"two slashes":          instead("/ws", "//ws"),
		"absolute":             instead("/ws", "http://other.example/ws"),
		"two blanks":           instead("GET ", "GET  "),
		"a blank behind":       instead(" HTTP/1.1", " HTTP/1.1 "),
		"lower case":           instead("GET", "get"),
		"HTTP/1.0":             instead("HTTP/1.1", "HTTP/1.0"),
		"HTTP/2.0":             instead("HTTP/1.1", "HTTP/2.0"),
		"bare line feeds":      strings.ReplaceAll(whole, "\r\n", "\n"),
		"a bare last line":     usual + "\n",
		"a bare line feed":     usual + "A: b\nC: d\r\n\r\n",
		"a bare return":        usual + "A: b\rC: d\r\n\r\n",
		"a NUL":                usual + "A: b\x00\r\n\r\n",
		"letters above":        usual + "A: ü\r\n\r\n",
		"a fold":               usual + "A: b\r\n c\r\n\r\n",
		"a blank in a name":    usual + "A : b\r\n\r\n",
		"no name":              usual + ": b\r\n\r\n",
		"no colon":             usual + "A\r\n\r\n",
		"an underscore":        usual + "A_b: c\r\n\r\n",
		"twice":                usual + "origin: a\r\nOrigin: b\r\n\r\n",
		"cookies":              usual + "Cookie: a=b\r\nCookie: session=c; d=e\r\n\r\n",
		"Pragma":               usual + "Pragma: no-cache\r\n\r\n",
		"Pragma and more":      usual + "Pragma: no-cache\r\nCache-Control: a\r\n\r\n",
		"no host":              instead(host, ""),
		"two hosts":            usual + host + "\r\n",
		"an empty host":        instead(host, "Host: \r\n"),
		"a host with a blank":  instead(host, "Host: a b\r\n"),
		"a host of odd signs":  instead(host, "Host: <a>\r\n"),
		"a host with a user":   instead(host, "Host: a@b\r\n"),
		"a host in brackets":   instead(host, "Host: [::1]:80\r\n"),
		"a body":               usual + "Content-Length: 3\r\n\r\nabc",
		"an empty body":        usual + "Content-Length: 0\r\n\r\n",
		"two lengths":          usual + "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
		"chunks":               usual + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
		"chunks and a length":  usual + "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
		"another request":      whole + "GET /secret HTTP/1.1\r\n" + host + "\r\n",
		"something behind":     whole + "\x81\x80abcd",
		"many headers":         usual + strings.Repeat("X: y\r\n", 40) + "\r\n",
		"a long header":        usual + "X: " + strings.Repeat("y", 20<<10) + "\r\n\r\n",
		"too long a header":    usual + "X: " + strings.Repeat("y", 40<<10) + "\r\n\r\n",
		"too long a name":      instead("Ada", strings.Repeat("a", 40<<10)),
		"too many headers":     usual + strings.Repeat("X: y\r\n", 10_000) + "\r\n",
		"another path":         instead("/ws", "/api/rooms"),
		"another method":       instead("GET", "POST"),
		"nothing like a begin": "\x16\x03\x01\x02\x00\x01\x00\r\n\r\n",
	} {
		want := tell(t, without, text, 0)
		for _, cut := range []int{0, 5, len(text) / 2, len(text) - 1} {
			if got := tell(t, with, text, cut); got != want {
				t.Errorf("%s, in pieces at %d: with the door %.300q, without %.300q", name, cut, got, want)
			}
		}
	}
}

// A handler that panics takes down its connection alone.
func TestAPanicAtTheDoor(t *testing.T) {
	t.Parallel()
	with, _ := doors(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.RawQuery == "name=Ada" {
			panic("as the test wants it")
		}
		mirror(w, r)
	})
	if got := tell(t, with, usual+"\r\n", 0); got != "no answer" {
		t.Errorf("answered %q", got)
	}
	if got := tell(t, with, strings.Replace(usual, "Ada", "Bob", 1)+"\r\n", 0); !strings.HasPrefix(got, "200 ") {
		t.Errorf("afterwards answered %q", got)
	}
}
