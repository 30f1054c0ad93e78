import type { Transport } from '@connectrpc/connect'
import { createConnectTransport, type ConnectTransportOptions } from '@connectrpc/connect-web'
import { retrying } from './retrying.js'

/**
 * Calls a server from a browser, such as `http('http://127.0.0.1:8080')`; busy servers are tried again. The server's
 * setting `http_origins` must name the site of the page. Streams need gRPC.
 */
export function http(baseUrl: string, options: Partial<ConnectTransportOptions> = {}): Transport {
  return createConnectTransport({ baseUrl, interceptors: [retrying()], ...options })
}
