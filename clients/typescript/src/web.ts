import type { Transport } from '@connectrpc/connect'
import { createConnectTransport, type ConnectTransportOptions } from '@connectrpc/connect-web'
import { type CallOptions, interceptors } from './interceptors.js'
import { noAnswer } from './unanswered.js'

/**
 * Calls a server from a browser, such as `http('http://127.0.0.1:8080')`; retries if it is busy or unreachable. The
 * server's setting `http_origins` must name the origin of the page. Requests and answers are protobuf unless `useBinaryFormat` is
 * false; JSON does not carry the details of errors in a batch. Streams need gRPC.
 */
export function http(baseUrl: string, options: Partial<ConnectTransportOptions> & CallOptions = {}): Transport {
  const fetch = wholly(options.fetch ?? globalThis.fetch)
  return createConnectTransport({ baseUrl, useBinaryFormat: true, ...options, fetch, interceptors: interceptors(options) })
}

/** Returns a fetch that reads the complete answer, and fails with `unavailable` if it is missing or cut off. */
function wholly(fetch: typeof globalThis.fetch): typeof globalThis.fetch {
  return async (input, init) => {
    try {
      const answer = await fetch(input, init)
      const body = await answer.arrayBuffer()
      return new Response(body.byteLength === 0 ? null : body, answer)
    } catch (error) {
      if (init?.signal?.aborted) throw error
      throw noAnswer(String(input), error)
    }
  }
}
