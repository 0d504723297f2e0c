package webui

import "net/http"

// contentSecurityPolicy lets the page run and load what this server serves and
// nothing else. 'self' covers the WebSocket too. Where markup or the address of
// a script is made, the browser asks the one policy that the client has, which
// lets through its service worker alone.
const contentSecurityPolicy = "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; img-src 'self'; " +
	"font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; " +
	"require-trusted-types-for 'script'; trusted-types teahouse"

// setSecurityHeaders adds what every answer carries. Where the browser does not
// trust the address, as over plain http on a local network, it ignores an
// opener policy and complains about it on the console of every page.
func setSecurityHeaders(h http.Header, trustworthy bool) {
	h.Set("Content-Security-Policy", contentSecurityPolicy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	if trustworthy {
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
	}
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), display-capture=(), geolocation=(), microphone=(), midi=(), payment=(), usb=()")
}
