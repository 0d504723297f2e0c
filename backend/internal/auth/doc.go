// Package auth settles who a request comes from and from where: session
// tokens, origins, hosts, and addresses behind proxies.
package auth
