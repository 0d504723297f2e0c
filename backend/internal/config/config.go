package config

import (
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"time"
)

// Config holds every setting of the server. Load fills it; nobody changes it
// afterwards. The variable behind a field stands in variables.go.
type Config struct {
	// Host (HOST) is the address or name to listen on; empty means every address.
	Host string
	// Port (PORT) is the TCP port to listen on; 0 takes any free one.
	Port uint16
	// DataDir (DATA_DIR) holds the database and everything else that must last.
	// It is absolute or relative to the process's working directory, with -C applied.
	DataDir string
	// Redis (REDIS_URL) is where the history is mirrored to, nil for nowhere: a
	// redis or rediss URL with host and port, perhaps with user, password and
	// the number of a database as its path.
	Redis *url.URL
	// RedisVerify (REDIS_TLS_VERIFY) says whether the certificate of a rediss
	// URL is checked.
	RedisVerify bool
	// MirrorEvents (MIRROR_EVENTS) is how many events of each room are mirrored.
	MirrorEvents int
	// Origins (ALLOWED_ORIGINS) are the other origins whose pages may use this
	// server, for CORS, unsafe requests and the WebSocket alike: exact and normalised.
	Origins []string
	// TrustedProxies (TRUSTED_PROXIES) are the networks whose X-Forwarded-For and
	// X-Forwarded-Proto are believed.
	TrustedProxies []netip.Prefix
	// PublicURL (PUBLIC_URL) is the address at which people open Teahouse, nil
	// where none is given. It has a scheme and a host, and no path.
	PublicURL *url.URL
	// Guests (GUESTS) lets people in with a name and no account.
	Guests bool
	// GuestRooms (GUEST_ROOMS) lets guests create public rooms.
	GuestRooms bool
	// DefaultMode (WS_DEFAULT_MODE) is the form of plain clients at /ws that ask
	// for none: json, text, or auto, where their Origin decides.
	DefaultMode string
	// AdminToken (ADMIN_TOKEN) is what /sendall asks for; empty: only this machine
	// may use it.
	AdminToken string
	// RateLimits (RATE_LIMITS) turns every rate limit on or off; off is for load tests.
	RateLimits bool
	// LogLevel (LOG_LEVEL) is the least severe level that is logged.
	LogLevel slog.Level
	// LogFormat (LOG_FORMAT) is "text" or "json".
	LogFormat string
	// LimitBody (LIMIT_BODY) is the longest message, in bytes of UTF-8.
	LimitBody int64
	// LimitFrame (LIMIT_FRAME) is the longest WebSocket frame read, in bytes.
	LimitFrame int64
	// LimitWindow (LIMIT_WINDOW) is the size of a room's frame log, in bytes: how
	// far a slow connection may fall behind before it has to join again.
	LimitWindow int64
	// SendRate (SEND_RATE) is how many messages, edits and the like a user may
	// send per second.
	SendRate float64
	// SendBurst (SEND_BURST) is how many of them may come at once.
	SendBurst int
	// OpRate (OP_RATE) is how many other commands a connection may send per second.
	OpRate float64
	// OpBurst (OP_BURST) is how many of them may come at once.
	OpBurst int
	// ConnectRate (CONNECT_RATE) is how many WebSockets an address may open per second.
	ConnectRate float64
	// ConnectBurst (CONNECT_BURST) is how many of them may come at once.
	ConnectBurst int
	// HTTPRate (HTTP_RATE) is how many API requests an address may make per second.
	HTTPRate float64
	// HTTPBurst (HTTP_BURST) is how many of them may come at once.
	HTTPBurst int
	// SocketRooms (SOCKET_ROOMS) is how many rooms one WebSocket may listen to.
	SocketRooms int
	// SessionSockets (SESSION_SOCKETS) is how many WebSockets one session may hold open.
	SessionSockets int
	// MaxSockets (MAX_SOCKETS) is how many WebSockets the server holds open in all.
	MaxSockets int
	// MaxRooms (MAX_ROOMS) is how many rooms there may be.
	MaxRooms int
	// RoomRate (ROOM_RATE) is how many rooms a user may create per second.
	RoomRate float64
	// RoomBurst (ROOM_BURST) is how many of them may come at once.
	RoomBurst int
	// PingInterval (PING_INTERVAL) is the time between two pings of the server.
	PingInterval time.Duration
	// IdleTimeout (IDLE_TIMEOUT) is how long a connection may be silent, pongs
	// included, before it is closed.
	IdleTimeout time.Duration
	// StallTimeout (STALL_TIMEOUT) is after how long a plain client is closed
	// whose full socket took no byte.
	StallTimeout time.Duration
	// ShutdownTimeout (SHUTDOWN_TIMEOUT) is how long a stop waits for open work.
	ShutdownTimeout time.Duration
	// SessionTTL (SESSION_TTL) is how long a session lasts without being used.
	SessionTTL time.Duration
	// MemoryLimit says that GOMEMLIMIT is set. Go reads that itself.
	MemoryLimit bool

	// Warnings are sentences about settings that are allowed but deserve a look;
	// the start logs them.
	Warnings []string
}

// ListenAddr is the address to listen on, as net.Listen takes it.
func (c *Config) ListenAddr() string {
	return net.JoinHostPort(c.Host, strconv.Itoa(int(c.Port)))
}

// Loopback reports whether the server listens for this machine alone.
func (c *Config) Loopback() bool { return isLoopback(c.Host) }

// HealthURL is where -healthcheck asks: the configured address, or loopback
// where the server listens on every address.
func (c *Config) HealthURL() string {
	host := c.Host
	if addr, err := netip.ParseAddr(host); host == "" || (err == nil && addr.IsUnspecified()) {
		host = "127.0.0.1"
		if err == nil && addr.Is6() {
			host = "::1"
		}
	}
	return "http://" + net.JoinHostPort(host, strconv.Itoa(int(c.Port))) + "/healthz"
}
