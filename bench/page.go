//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"time"
)

// firstPage starts a server and waits for its first page; took is in
// milliseconds.
func firstPage(ctx context.Context, c contender, dir string) (s *server, took float64, err error) {
	began := time.Now()
	if s, err = start(ctx, c, dir); err != nil {
		return nil, 0, err
	}
	if err := s.page(ctx); err != nil {
		s.kill()
		return nil, 0, err
	}
	return s, time.Since(began).Seconds() * 1000, nil
}

// page asks for the first page.
func (s *server) page(ctx context.Context) error {
	status, _, err := s.get(ctx, "/", "")
	if err == nil && status != http.StatusOK {
		err = fmt.Errorf("the first page has status %d", status)
	}
	return err
}

func (s *server) get(ctx context.Context, path, encoding string) (int, []byte, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+s.addr+path, nil)
	if err != nil {
		return 0, nil, err
	}
	if encoding != "" {
		r.Header.Set("Accept-Encoding", encoding)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, nil, err
	}
	body, err := io.ReadAll(answer.Body)
	return answer.StatusCode, body, errors.Join(err, answer.Body.Close())
}

var asset = regexp.MustCompile(`(?:src|href)="(/assets/[^"]+)"`)

// clientSize adds up what a browser loads before the first screen.
func (s *server) clientSize(ctx context.Context) (int64, error) {
	_, plain, err := s.get(ctx, "/", "identity")
	if err != nil {
		return 0, err
	}
	total := int64(0)
	paths := []string{"/"}
	for _, m := range asset.FindAllSubmatch(plain, -1) {
		paths = append(paths, string(m[1]))
	}
	for _, p := range paths {
		status, body, err := s.get(ctx, p, "br, gzip")
		if err != nil {
			return 0, err
		}
		if status != http.StatusOK {
			return 0, fmt.Errorf("%s has status %d", p, status)
		}
		total += int64(len(body))
	}
	return total, nil
}
