//go:build linux

package main

import (
	"context"
	"fmt"
	"net/http"
	"strings"
)

const (
	generalRoom = "general"
	// How many seqs of a room are in view: the only one, or one of many.
	wideView   = 1 << 12
	narrowView = 1 << 6
)

// rooms names n rooms and makes them where a server wants that; with n of 0 it
// is the one that is always there.
func (s *server) rooms(ctx context.Context, c contender, n int) ([]*room, error) {
	if n == 0 {
		return []*room{newRoom(c.dialect, generalRoom, wideView)}, nil
	}
	var all []*room
	for i := range n {
		all = append(all, newRoom(c.dialect, fmt.Sprintf("room-%04d", i), narrowView))
	}
	if !c.data {
		return all, nil
	}
	cookie, err := s.signIn(ctx, "Keeper of rooms")
	if err != nil {
		return nil, err
	}
	for _, r := range all {
		if _, err := s.make(ctx, "/api/rooms", fmt.Sprintf(`{"id":%q,"name":%q}`, r.name, r.name), cookie); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// signIn makes a guest and returns the cookie of its session.
func (s *server) signIn(ctx context.Context, name string) (*http.Cookie, error) {
	cookies, err := s.make(ctx, "/api/session", fmt.Sprintf(`{"name":%q}`, name), nil)
	if err != nil {
		return nil, err
	}
	for _, c := range cookies {
		if c.Name == "session" {
			return c, nil
		}
	}
	return nil, fmt.Errorf("no session for %s", name)
}

// make posts what has to lead to 201, and returns the cookies of the answer.
func (s *server) make(ctx context.Context, path, body string, cookie *http.Cookie) ([]*http.Cookie, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+s.addr+path, strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Origin", "http://"+s.addr)
	if cookie != nil {
		r.AddCookie(cookie)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, err
	}
	_ = answer.Body.Close() // only its head counts
	if answer.StatusCode != http.StatusCreated {
		return nil, fmt.Errorf("POST %s: %s", path, answer.Status)
	}
	return answer.Cookies(), nil
}
