import type { Transport } from '@connectrpc/connect'
import {
  createConnectTransport,
  createGrpcTransport,
  type ConnectTransportOptions,
  type GrpcTransportOptions,
} from '@connectrpc/connect-node'
import { retrying } from './retrying.js'

/** Calls a server over gRPC, such as `grpc('http://127.0.0.1:50051')`; busy servers are tried again. */
export function grpc(baseUrl: string, options: Partial<GrpcTransportOptions> = {}): Transport {
  return createGrpcTransport({ baseUrl, interceptors: [retrying()], ...options })
}

/** Calls a server over HTTP, such as `http('http://127.0.0.1:8080')`; busy servers are tried again. Streams need gRPC. */
export function http(baseUrl: string, options: Omit<Partial<ConnectTransportOptions>, 'httpVersion' | 'nodeOptions'> = {}): Transport {
  return createConnectTransport({ baseUrl, httpVersion: '1.1', interceptors: [retrying()], ...options })
}
