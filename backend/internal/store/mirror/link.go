package mirror

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/redis/rueidis"
)

// Options say where Redis is, and how much it keeps.
type Options struct {
	Address        string // host:port
	TLS            bool
	TrustAnyCert   bool // with TLS: the certificate is not checked
	User, Password string
	Database       int
	Events         int // of each room
	// Patience is how long what is to be told waits for Redis; 0: 250 ms.
	Patience time.Duration
}

// Time-outs.
const (
	dialTimeout = 2 * time.Second        // for a connection
	askTimeout  = 5 * time.Second        // for an answer that nobody waits for
	patience    = 250 * time.Millisecond // for what is to be told then
)

// open makes a client, which is connected.
func (o *Options) open() (rueidis.Client, error) {
	options := rueidis.ClientOption{
		InitAddress: []string{o.Address},
		Username:    o.User, Password: o.Password, SelectDB: o.Database,
		Dialer:            net.Dialer{Timeout: dialTimeout},
		ConnWriteTimeout:  askTimeout,
		ClientSetInfo:     rueidis.DisableClientSetInfo,
		RingScaleEachConn: 8, PipelineMultiplex: -1, // one small connection
		DisableCache: true, DisableRetry: true, ForceSingleClient: true,
	}
	if o.TLS {
		host, _, err := net.SplitHostPort(o.Address)
		if err != nil {
			return nil, err
		}
		options.TLSConfig = &tls.Config{
			ServerName: host, MinVersion: tls.VersionTLS12,
			InsecureSkipVerify: o.TrustAnyCert, //nolint:gosec // the operator's choice: REDIS_TLS_VERIFY
		}
	}
	return rueidis.NewClient(options)
}

// What Redis may say to a write, beside what cannot be told apart.
var (
	errLost    = errors.New("what was kept there is gone")
	errForeign = errors.New("it keeps the history of another database")
	errTaken   = errors.New("another server writes to the same Redis (REDIS_URL), and began to do so later. This one stops, so that nobody is told two histories; let one server run, or give each a Redis database of its own")
	errRefused = errors.New("an event is there already")
	errFull    = errors.New("it is full")
)

// sort tells an error of Redis.
func sort(err error) error {
	said, ok := rueidis.IsRedisErr(err)
	if !ok {
		return err
	}
	text := said.Error()
	switch {
	case strings.Contains(text, "TEAHOUSE-LOST"):
		return errLost
	case strings.Contains(text, "TEAHOUSE-FOREIGN"):
		return errForeign
	case strings.Contains(text, "TEAHOUSE-TAKEN"):
		return errTaken
	case strings.Contains(text, "equal or smaller than the target stream top item"):
		return errRefused
	case strings.Contains(text, "OOM "):
		return errFull
	}
	return fmt.Errorf("it answered: %w", err)
}

// do asks Redis, for no longer than timeout, whatever the client does.
func (m *Mirror) do(ctx context.Context, timeout time.Duration, command ...string) (rueidis.RedisMessage, error) {
	client := m.client.Load()
	if client == nil {
		return rueidis.RedisMessage{}, errors.New("there is no connection")
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	answer := make(chan rueidis.RedisResult, 1)
	m.asking.Go(func() {
		defer cancel()
		answer <- (*client).Do(ctx, (*client).B().Arbitrary(command...).Build())
	})
	<-ctx.Done() // the time is up, or the answer is there
	select {
	case r := <-answer:
		message, err := r.ToMessage()
		return message, sort(err)
	default:
		return rueidis.RedisMessage{}, fmt.Errorf("no answer within %s", timeout)
	}
}

// connect makes the client, unless it is there: it connects again by itself.
func (m *Mirror) connect(ctx context.Context) error {
	if m.client.Load() == nil {
		client, err := m.options.open()
		if err != nil {
			return sort(err)
		}
		m.client.Store(&client)
	}
	_, err := m.do(ctx, askTimeout, "PING")
	return err
}
