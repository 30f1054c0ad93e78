import type { Transport } from '@connectrpc/connect'
import { createConnectTransport, type ConnectTransportOptions } from '@connectrpc/connect-web'
import { type CallOptions, interceptors } from './interceptors.js'
import { noAnswer } from './unanswered.js'

/**
 * Calls a server from a browser, such as `http('http://127.0.0.1:8080')`; a busy one, and one that is away, is tried again. The
 * server's setting `http_origins` must name the site of the page. Requests and answers are protobuf unless `useBinaryFormat` is
 * false: details of errors in a batch cannot be read from JSON. Streams need gRPC.
 */
export function http(baseUrl: string, options: Partial<ConnectTransportOptions> & CallOptions = {}): Transport {
  const fetch = wholly(options.fetch ?? globalThis.fetch)
  return createConnectTransport({ baseUrl, useBinaryFormat: true, ...options, fetch, interceptors: interceptors(options) })
}

/** Returns a fetch that reads the answer whole, and says `unavailable` where none comes, or only a part. */
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
