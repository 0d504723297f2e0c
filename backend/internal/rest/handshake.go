package rest

import (
	"bytes"
	"net/http"
	"net/textproto"
	"net/url"
	"strings"
)

// handshake reads the usual form of a handshake: a GET of /ws on one line, with
// few headers, none of them unusual, and nothing behind. more says that it may
// be one once more of it has come; what is none here net/http may understand.
func handshake(b []byte) (r *http.Request, more bool) {
	const begin = "GET /ws"
	if !bytes.HasPrefix(b, []byte(begin)[:min(len(b), len(begin))]) {
		return nil, false
	}
	if !bytes.HasSuffix(b, []byte("\r\n\r\n")) {
		whole := bytes.Contains(b, []byte("\r\n\r\n"))
		bare := bytes.Count(b, []byte("\n")) > bytes.Count(b, []byte("\r\n")) // net/http ends lines with it too
		return nil, !whole && !bare
	}
	head := string(b[:len(b)-2])
	line, head, _ := strings.Cut(head, "\r\n")
	target, ok := strings.CutSuffix(line[len("GET "):], " HTTP/1.1")
	if !ok {
		return nil, false
	}
	u := &url.URL{Path: target}
	if path, query, has := strings.Cut(target, "?"); has {
		u.Path, u.RawQuery = path, query
	}
	if u.Path != "/ws" || !plain(target) || strings.HasSuffix(target, "?") {
		return nil, false
	}
	r = &http.Request{
		Method: http.MethodGet, URL: u, RequestURI: target,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: make(http.Header, doorHeaders/2), Body: http.NoBody,
	}
	if !headers(r, head) || r.Host == "" || r.Header["Upgrade"] == nil {
		return nil, false
	}
	if r.Header["Pragma"] != nil && r.Header["Cache-Control"] == nil {
		return nil, false // net/http makes one of the other
	}
	return r, false
}

// headers reads the header lines.
func headers(r *http.Request, head string) bool {
	values := make([]string, 0, doorHeaders)
	for n := 0; head != ""; n++ {
		var line string
		line, head, _ = strings.Cut(head, "\r\n")
		name, value, ok := strings.Cut(line, ":")
		value = strings.Trim(value, " \t")
		if !ok || !token(name) || !visible(value) || n == doorHeaders {
			return false
		}
		name = textproto.CanonicalMIMEHeaderKey(name)
		switch name {
		case "Host":
			if r.Host != "" || !hostLike(value) {
				return false
			}
			r.Host = value
			continue
		case "Content-Length", "Transfer-Encoding", "Expect", "Trailer":
			return false
		case "Sec-Websocket-Protocol":
			value = strings.Clone(value) // it is kept for as long as the connection
		}
		if r.Header[name] != nil {
			r.Header[name] = append(r.Header[name], value)
			continue
		}
		values = append(values, value)
		r.Header[name] = values[len(values)-1 : len(values) : len(values)]
	}
	return true
}

// hostLike: what the names and addresses of hosts are made of, and ports. Of
// what else may stand there net/http judges.
func hostLike(s string) bool {
	for i := range len(s) {
		if c := s[i]; !alphanumeric(c) && c != '.' && c != '-' && c != ':' && c != '[' && c != ']' && c != '_' {
			return false
		}
	}
	return s != ""
}

// plain: nothing but visible ASCII, and no fragment.
func plain(s string) bool {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] >= 0x7F || s[i] == '#' {
			return false
		}
	}
	return true
}

func visible(s string) bool {
	for i := range len(s) {
		if (s[i] < ' ' && s[i] != '\t') || s[i] >= 0x7F {
			return false
		}
	}
	return true
}

// token: letters, digits and dashes, as all usual headers are.
func token(s string) bool {
	for i := range len(s) {
		if !alphanumeric(s[i]) && s[i] != '-' {
			return false
		}
	}
	return s != ""
}

func alphanumeric(c byte) bool {
	return ('a' <= c|0x20 && c|0x20 <= 'z') || ('0' <= c && c <= '9')
}
