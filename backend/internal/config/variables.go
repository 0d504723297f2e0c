package config

import (
	"math"
	"time"
)

// variable ties the name of a setting to its field.
type variable struct {
	name string
	// fallback is the value used when the variable is not set.
	fallback string
	// allowed completes the sentence "… allowed is …".
	allowed string
	// set parses a value into its field; false means that it is not allowed.
	set func(string) bool
}

const (
	million = 1_000_000
	mebi    = 1 << 20
)

// variables is the one list of settings. README.md and .env.example repeat it;
// a test holds them to it.
func (c *Config) variables() []variable {
	return []variable{
		{"PORT", "8080", "a whole number from 0 to 65535 (0 takes any free port)", integer(&c.Port, 0, math.MaxUint16)},
		{"HOST", "127.0.0.1", "an IP address or a host name; 0.0.0.0 opens the server to the network", hostName(&c.Host)},
		{"DATA_DIR", "./data", "the path of a directory", path(&c.DataDir)},
		{"REDIS_URL", "", "redis://USER:PASSWORD@HOST:PORT/DB, the same with rediss:// (TLS), or HOST:PORT", redisURL(&c.Redis)},
		{"REDIS_TLS_VERIFY", "on", "on or off", onOff(&c.RedisVerify)},
		{"MIRROR_EVENTS", "10000", allowedCount, integer(&c.MirrorEvents, 1, million)},
		{"ALLOWED_ORIGINS", "", "a comma-separated list of origins such as https://chat.example (scheme, host and port; no path, no *)", origins(&c.Origins)},
		{"TRUSTED_PROXIES", "", "a comma-separated list of networks such as 10.0.0.0/8 or addresses such as 10.0.0.7", prefixes(&c.TrustedProxies)},
		{"PUBLIC_URL", "", "an http or https address without a path, such as https://chat.example", publicURL(&c.PublicURL)},
		{"GUESTS", "on", "on or off", onOff(&c.Guests)},
		{"GUEST_ROOMS", "on", "on or off", onOff(&c.GuestRooms)},
		{"WS_DEFAULT_MODE", "auto", "auto, json or text", oneOf(&c.DefaultMode, "auto", "json", "text")},
		{"ADMIN_TOKEN", "", "16 to 200 visible characters of ASCII, without blanks", secret(&c.AdminToken, 16, 200)},
		{"RATE_LIMITS", "on", "on or off", onOff(&c.RateLimits)},
		{"LOG_LEVEL", "info", "debug, info, warn or error", logLevel(&c.LogLevel)},
		{"LOG_FORMAT", "text", "text or json", oneOf(&c.LogFormat, "text", "json")},
		{"LIMIT_BODY", "32768", "a whole number of bytes from 1 to 1048576", integer(&c.LimitBody, 1, mebi)},
		{"LIMIT_FRAME", "262144", "a whole number of bytes from 4102 to 16777216, at least 6 times LIMIT_BODY plus 4096", integer(&c.LimitFrame, 4102, 16*mebi)},
		{"LIMIT_WINDOW", "1048576", "a whole number of bytes from 1048576 to 1073741824, at least LIMIT_FRAME", integer(&c.LimitWindow, mebi, 1024*mebi)},
		{"SEND_RATE", "10", allowedRate, rate(&c.SendRate)},
		{"SEND_BURST", "100", allowedCount, integer(&c.SendBurst, 1, million)},
		{"OP_RATE", "50", allowedRate, rate(&c.OpRate)},
		{"OP_BURST", "500", allowedCount, integer(&c.OpBurst, 1, million)},
		{"CONNECT_RATE", "50", allowedRate, rate(&c.ConnectRate)},
		{"CONNECT_BURST", "500", allowedCount, integer(&c.ConnectBurst, 1, million)},
		{"HTTP_RATE", "100", allowedRate, rate(&c.HTTPRate)},
		{"HTTP_BURST", "1000", allowedCount, integer(&c.HTTPBurst, 1, million)},
		{"SOCKET_ROOMS", "1000", allowedCount, integer(&c.SocketRooms, 1, million)},
		{"SESSION_SOCKETS", "20", allowedCount, integer(&c.SessionSockets, 1, million)},
		{"MAX_SOCKETS", "20000", allowedCount, integer(&c.MaxSockets, 1, million)},
		{"MAX_ROOMS", "10000", allowedCount, integer(&c.MaxRooms, 1, million)},
		{"ROOM_RATE", "1", allowedRate, rate(&c.RoomRate)},
		{"ROOM_BURST", "20", allowedCount, integer(&c.RoomBurst, 1, million)},
		{"PING_INTERVAL", "25s", "a duration from 100ms to 10m", duration(&c.PingInterval, 100*time.Millisecond, 10*time.Minute)},
		{"IDLE_TIMEOUT", "60s", "a duration from 100ms to 1h, longer than PING_INTERVAL", duration(&c.IdleTimeout, 100*time.Millisecond, time.Hour)},
		{"STALL_TIMEOUT", "30s", "a duration from 100ms to 10m", duration(&c.StallTimeout, 100*time.Millisecond, 10*time.Minute)},
		{"SHUTDOWN_TIMEOUT", "25s", "a duration from 100ms to 10m", duration(&c.ShutdownTimeout, 100*time.Millisecond, 10*time.Minute)},
		{"SESSION_TTL", "720h", "a duration from 1m to 8760h", duration(&c.SessionTTL, time.Minute, 8760*time.Hour)},
	}
}

// secrets are the settings whose values are not told when they are wrong.
var secrets = []string{"ADMIN_TOKEN", "REDIS_URL"}

const (
	allowedRate  = "a number per second from 0.01 to 1000000"
	allowedCount = "a whole number from 1 to 1000000"

	// devOrigins is ALLOWED_ORIGINS while only this machine can reach the server:
	// the address of the client's development server.
	devOrigins = "http://localhost:3000,http://127.0.0.1:3000"
)
