// Calls a live server over gRPC and over HTTP.
//
//   BOXWRIGHT_GRPC=127.0.0.1:50051 BOXWRIGHT_HTTP=127.0.0.1:8080 npm test
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createServer as createHttp2Server } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { Code, ConnectError, type Transport, type UnaryResponse } from '@connectrpc/connect'
import type { JsonValue } from '@bufbuild/protobuf'
import { connectNodeAdapter } from '@connectrpc/connect-node'
import { CatalogService } from '../gen/boxwright/v1/catalog_service_pb.js'
import { boxwright, Refusal, retrying } from '../index.js'
import { grpc, http } from '../node.js'
import { planned, refused } from './shared.js'

const REQUESTS = new URL('../../../../docs/requests/', import.meta.url)
const read = (name: string): JsonValue => JSON.parse(readFileSync(new URL(name, REQUESTS), 'utf8')) as JsonValue
const transports: Record<string, Transport> = {
  gRPC: grpc(`http://${process.env['BOXWRIGHT_GRPC'] ?? '127.0.0.1:50051'}`),
  HTTP: http(`http://${process.env['BOXWRIGHT_HTTP'] ?? '127.0.0.1:8080'}`),
}

for (const [door, transport] of Object.entries(transports)) {
  const client = boxwright(transport)

  test(`${door}: an order is planned whole, in the same boxes over both doors`, async () => {
    const boxes = await planned(client, read('PackingService.Pack.json'))
    assert.deepEqual(boxes, await planned(boxwright(transports['gRPC']!), read('PackingService.Pack.json')))
  })

  test(`${door}: a refusal names reason, fields and rules`, async () => {
    const refusal = await refused(client)
    assert.equal(refusal.code, 'invalid_argument')
    assert.equal(refusal.reason, 'INVALID_FIELDS')
    assert.ok(refusal.fields.some(({ field, rule }) => field === 'order.lines' && rule !== ''))
  })

  test(`${door}: an order that cannot be packed whole names its lines`, async () => {
    const cuboid = { case: 'cuboid' as const, value: { dimensions: { lengthMm: 5_000, widthMm: 100, heightMm: 20 } } }
    const lines = [{ lineId: 'plank', quantity: 2, massG: 900, shape: cuboid }]
    const call = client.packing.pack({ order: { orderId: 'planks', lines }, catalogSource: { case: 'catalog', value: 'catalogs/eu-stock' } })
    const refusal = Refusal.from(await call.catch((error: unknown) => error))
    assert.equal(refusal.reason, 'ORDER_NOT_PACKED_WHOLE')
    assert.deepEqual(refusal.lines.map(({ lineId, quantity }) => [lineId, quantity]), [['plank', 2]])
  })

  test(`${door}: catalogs are listed`, async () => {
    const { catalogs } = await client.catalogs.listCatalogs({})
    assert.ok(catalogs.some(({ name }) => name === 'catalogs/eu-webshop'))
  })
}

test('a server that is not there is unavailable', async () => {
  const nobody = boxwright(http('http://127.0.0.1:1', { interceptors: [] }))
  const refusal = Refusal.from(await nobody.catalogs.listCatalogs({}).catch((error: unknown) => error))
  assert.equal(refusal.code, 'unavailable')
  assert.equal(refusal.reason, '')
})

test('a call that is not taken is made again, as often as is allowed, and other errors are not', async () => {
  const request = { stream: false, signal: new AbortController().signal, header: new Headers() } as never
  const made = async (code: Code, attempts: number): Promise<number> => {
    let calls = 0
    const next = (): Promise<UnaryResponse> => {
      calls += 1
      return Promise.reject(new ConnectError('no', code))
    }
    await assert.rejects(retrying({ attempts, firstWaitMs: 1 })(next as never)(request))
    return calls
  }
  assert.equal(await made(Code.Unavailable, 3), 3)
  assert.equal(await made(Code.InvalidArgument, 3), 1)
})

const handler = connectNodeAdapter({ routes: (router) => router.service(CatalogService, {}) })
const restarting = {
  gRPC: [createHttp2Server(handler), grpc],
  HTTP: [createServer(handler), http],
} as const

for (const [door, [server, transport]] of Object.entries(restarting)) {
  test(`${door}: a server that restarts is reached`, async () => {
    const opened = (port: number): Promise<void> => new Promise((resolve) => server.listen(port, '127.0.0.1', resolve))
    server.on('connection', (socket) => socket.unref()) // a client keeps its connection
    await opened(0)
    const { port } = server.address() as AddressInfo
    await new Promise((resolve) => server.close(resolve))
    const opening = setTimeout(() => void opened(port), 2_000)
    try {
      const call = boxwright(transport(`http://127.0.0.1:${port}`)).catalogs.listCatalogs({}, { timeoutMs: 60_000 })
      const refusal = Refusal.from(await call.catch((error: unknown) => error))
      assert.equal(refusal.code, 'unimplemented') // it has answered
    } finally {
      clearTimeout(opening)
      server.close()
    }
  })
}

test('a wait past the deadline is not begun', async () => {
  const header = (name: string, value: string): never =>
    ({ stream: false, signal: new AbortController().signal, header: new Headers({ [name]: value }) }) as never
  for (const [name, value] of [['connect-timeout-ms', '40'], ['grpc-timeout', '40m']] as const) {
    let calls = 0
    const next = (): Promise<UnaryResponse> => {
      calls += 1
      return Promise.reject(new ConnectError('no', Code.Unavailable))
    }
    await assert.rejects(retrying()(next as never)(header(name, value)), { code: Code.Unavailable })
    assert.equal(calls, 1)
  }
})
