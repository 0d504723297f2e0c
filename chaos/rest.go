package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// site is the server as HTTP shows it.
type site struct {
	origin string // http://127.0.0.1:PORT
	http   *http.Client
}

func newSite(origin string) *site {
	return &site{origin: origin, http: &http.Client{Timeout: 10 * time.Second}}
}

func (s *site) socket() string { return "ws" + strings.TrimPrefix(s.origin, "http") + "/ws" }

// signIn makes a guest and returns the cookie to come back with.
func (s *site) signIn(ctx context.Context, name string) (string, user, error) {
	var answer struct {
		User user `json:"user"`
	}
	header, err := s.call(ctx, http.MethodPost, "/api/session", "", map[string]string{"name": name}, &answer)
	if err != nil {
		return "", user{}, err
	}
	var pairs []string
	for _, c := range (&http.Response{Header: header}).Cookies() {
		pairs = append(pairs, c.Name+"="+c.Value)
	}
	if len(pairs) == 0 {
		return "", user{}, errors.New("POST /api/session set no cookie")
	}
	return strings.Join(pairs, "; "), answer.User, nil
}

func (s *site) makeRoom(ctx context.Context, cookie, id string) error {
	_, err := s.call(ctx, http.MethodPost, "/api/rooms", cookie, map[string]string{"id": id, "name": "Chaos " + id}, nil)
	return err
}

// known asks whether a session is there.
func (s *site) known(ctx context.Context, cookie string) error {
	_, err := s.call(ctx, http.MethodGet, "/api/session", cookie, nil, nil)
	return err
}

func (s *site) becomeMember(ctx context.Context, cookie, room string) error {
	_, err := s.call(ctx, http.MethodPut, "/api/rooms/"+room+"/members/me", cookie, nil, nil)
	return err
}

// page is one page of a room's events, ascending.
type page struct {
	Events []frame `json:"events"`
	More   bool    `json:"more"`
	Seq    uint64  `json:"seq"`
	Epoch  string  `json:"epoch"`
}

// events reads the page before a seq, or the newest one for 0.
func (s *site) events(ctx context.Context, cookie, room string, before uint64) (page, error) {
	path := fmt.Sprintf("/api/rooms/%s/events?limit=200", room)
	if before > 0 {
		path += fmt.Sprintf("&before=%d", before)
	}
	var p page
	_, err := s.call(ctx, http.MethodGet, path, cookie, nil, &p)
	return p, err
}

func (s *site) ready(ctx context.Context) bool {
	_, err := s.call(ctx, http.MethodGet, "/readyz", "", nil, nil)
	return err == nil
}

func (s *site) call(ctx context.Context, method, path, cookie string, in, out any) (_ http.Header, err error) {
	var body io.Reader
	if in != nil {
		raw, err := json.Marshal(in)
		if err != nil {
			return nil, fmt.Errorf("encode %s %s: %w", method, path, err)
		}
		body = bytes.NewReader(raw)
	}
	req, err := http.NewRequestWithContext(ctx, method, s.origin+path, body)
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", method, path, err)
	}
	if method != http.MethodGet {
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Origin", s.origin)
	}
	if cookie != "" {
		req.Header.Set("Cookie", cookie)
	}
	res, err := s.http.Do(req)
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", method, path, err)
	}
	defer func() { err = errors.Join(err, res.Body.Close()) }()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", method, path, err)
	}
	if res.StatusCode >= 300 {
		return nil, fmt.Errorf("%s %s: %s %s", method, path, res.Status, bytes.TrimSpace(raw))
	}
	if out != nil {
		if err := json.Unmarshal(raw, out); err != nil {
			return nil, fmt.Errorf("%s %s: %w", method, path, err)
		}
	}
	return res.Header, nil
}
