// Calls a live server over gRPC, over HTTP, and over HTTP as a browser does.
//
//   BOXWRIGHT_GRPC=127.0.0.1:50051 BOXWRIGHT_HTTP=127.0.0.1:8080 npm test
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import type { Transport } from '@connectrpc/connect'
import { fromJson, type JsonValue } from '@bufbuild/protobuf'
import { BatchPackRequestSchema } from '../gen/boxwright/v1/packing_service_pb.js'
import { boxwright, Refusal } from '../index.js'
import { grpc, http } from '../node.js'
import { http as fromBrowser } from '../web.js'
import { planned, refused } from './shared.js'

const REQUESTS = new URL('../../../../docs/requests/', import.meta.url)
const read = (name: string): JsonValue => JSON.parse(readFileSync(new URL(name, REQUESTS), 'utf8')) as JsonValue
const transports: Record<string, Transport> = {
  gRPC: grpc(`http://${process.env['BOXWRIGHT_GRPC'] ?? '127.0.0.1:50051'}`),
  HTTP: http(`http://${process.env['BOXWRIGHT_HTTP'] ?? '127.0.0.1:8080'}`),
  browser: fromBrowser(`http://${process.env['BOXWRIGHT_HTTP'] ?? '127.0.0.1:8080'}`),
}

for (const [door, transport] of Object.entries(transports)) {
  const client = boxwright(transport)

  test(`${door}: an order is planned completely, in the same boxes over all doors`, async () => {
    const boxes = await planned(client, read('PackingService.Pack.json'))
    assert.deepEqual(boxes, await planned(boxwright(transports['gRPC']!), read('PackingService.Pack.json')))
  })

  test(`${door}: a refusal names reason, fields and rules`, async () => {
    const refusal = await refused(client)
    assert.equal(refusal.code, 'invalid_argument')
    assert.equal(refusal.reason, 'INVALID_FIELDS')
    assert.ok(refusal.fields.some(({ field, rule }) => field === 'order.lines' && rule !== ''))
  })

  test(`${door}: an order that cannot be packed completely names its lines`, async () => {
    const cuboid = { case: 'cuboid' as const, value: { dimensions: { lengthMm: 5_000, widthMm: 100, heightMm: 20 } } }
    const lines = [{ lineId: 'plank', quantity: 2, massG: 900, shape: cuboid }]
    const call = client.packing.pack({ order: { orderId: 'planks', lines }, catalogSource: { case: 'catalog', value: 'catalogs/eu-stock' } })
    const refusal = Refusal.from(await call.catch((error: unknown) => error))
    assert.equal(refusal.reason, 'ORDER_NOT_PACKED_WHOLE')
    assert.deepEqual(refusal.lines.map(({ lineId, quantity }) => [lineId, quantity]), [['plank', 2]])
  })

  test(`${door}: errors of a batch name reason, fields and lines`, async () => {
    const { results } = await client.packing.batchPack(fromJson(BatchPackRequestSchema, read('PackingService.BatchPack.json')))
    const refusals = results.map(({ outcome }) => (outcome.case === 'error' ? Refusal.from(outcome.value) : undefined))
    assert.deepEqual(refusals.map((each) => each?.reason), [undefined, 'INVALID_FIELDS', 'ORDER_NOT_PACKED_WHOLE'])
    assert.ok(refusals[1]!.fields.some(({ field }) => field === 'order.lines[0].cuboid.dimensions.width_mm'))
    assert.deepEqual(refusals[2]!.lines.map(({ lineId, quantity }) => [lineId, quantity]), [['ski', 1]])
  })

  test(`${door}: catalogs are listed`, async () => {
    const { catalogs } = await client.catalogs.listCatalogs({})
    assert.ok(catalogs.some(({ name }) => name === 'catalogs/eu-webshop'))
  })
}
