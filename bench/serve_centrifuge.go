//go:build linux

package main

import (
	"context"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"

	library "github.com/centrifugal/centrifuge"
)

// What the library keeps of each channel: enough for everything here.
const (
	historySize = 5000
	historyTTL  = time.Hour
)

// serveCentrifuge is a server as the library's own examples build it, with
// history and recovery on. delay, where it is not 0, is the library's option
// for fewer writes: messages of one connection are collected for so long, with
// no limit to how many.
func serveCentrifuge(addr string, delay time.Duration) error {
	node, err := library.New(library.Config{})
	if err != nil {
		return err
	}
	limit := 0 // the library's default: 16
	if delay > 0 {
		limit = -1
	}
	var users atomic.Int64
	node.OnConnecting(func(context.Context, library.ConnectEvent) (library.ConnectReply, error) {
		return library.ConnectReply{
			Credentials:        &library.Credentials{UserID: strconv.FormatInt(users.Add(1), 10)},
			WriteDelay:         delay,
			MaxMessagesInFrame: limit,
		}, nil
	})
	node.OnConnect(func(c *library.Client) {
		c.OnSubscribe(func(_ library.SubscribeEvent, answer library.SubscribeCallback) {
			answer(library.SubscribeReply{Options: library.SubscribeOptions{EnableRecovery: true}}, nil)
		})
		c.OnPublish(func(e library.PublishEvent, answer library.PublishCallback) {
			answer(library.PublishReply{Options: library.PublishOptions{HistorySize: historySize, HistoryTTL: historyTTL, ClientInfo: e.ClientInfo}}, nil)
		})
		c.OnHistory(func(_ library.HistoryEvent, answer library.HistoryCallback) {
			answer(library.HistoryReply{}, nil)
		})
	})
	if err := node.Run(); err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.Handle("/connection/websocket", library.NewWebsocketHandler(node, library.WebsocketConfig{
		ReadBufferSize:     1024,
		UseWriteBufferPool: true,
	}))
	server := &http.Server{Addr: addr, Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	return server.ListenAndServe()
}
