import type { Transport } from '@connectrpc/connect'
import {
  createConnectTransport,
  createGrpcTransport,
  type ConnectTransportOptions,
  type GrpcTransportOptions,
} from '@connectrpc/connect-node'
import { type CallOptions, interceptors } from './interceptors.js'

type HttpOptions = Omit<Partial<ConnectTransportOptions>, 'httpVersion' | 'nodeOptions'> & CallOptions

/** Calls a server over gRPC, such as `grpc('http://127.0.0.1:50051')`; retries if it is busy or unreachable. */
export function grpc(baseUrl: string, options: Partial<GrpcTransportOptions> & CallOptions = {}): Transport {
  return createGrpcTransport({ baseUrl, ...options, interceptors: interceptors(options) })
}

/**
 * Calls a server over HTTP, such as `http('http://127.0.0.1:8080')`; retries if it is busy or unreachable. Streams need
 * gRPC.
 */
export function http(baseUrl: string, options: HttpOptions = {}): Transport {
  return createConnectTransport({ baseUrl, ...options, httpVersion: '1.1', interceptors: interceptors(options) })
}
