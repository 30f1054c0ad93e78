// Retries, and the headers of each attempt, against stand-in servers.
import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import { createServer as createHttp2Server, type Http2Server } from 'node:http2'
import type { AddressInfo, Socket } from 'node:net'
import { test } from 'node:test'
import { Code, ConnectError, type Interceptor, type Transport, type UnaryResponse } from '@connectrpc/connect'
import { connectNodeAdapter } from '@connectrpc/connect-node'
import { create } from '@bufbuild/protobuf'
import { anyPack } from '@bufbuild/protobuf/wkt'
import { CatalogService } from '../gen/boxwright/v1/catalog_service_pb.js'
import { IncompletePlanDetailSchema } from '../gen/boxwright/v1/errors_pb.js'
import { DimensionsSchema } from '../gen/boxwright/v1/geometry_pb.js'
import { UnpackedReason } from '../gen/boxwright/v1/plan_pb.js'
import { ErrorInfoSchema } from '../gen/google/rpc/error_details_pb.js'
import { StatusSchema } from '../gen/google/rpc/status_pb.js'
import { boxwright, Refusal, retrying } from '../index.js'
import { grpc, http } from '../node.js'
import { http as fromBrowser } from '../web.js'

type Door = readonly [make: (handler: Parameters<typeof createServer>[1]) => Server | Http2Server, typeof grpc | typeof http | typeof fromBrowser]
const overHttp2 = (handler: unknown): Http2Server => createHttp2Server(handler as never)
const doors: Record<string, Door> = {
  gRPC: [overHttp2, grpc],
  HTTP: [createServer, http],
  browser: [createServer, fromBrowser],
}
const answers = connectNodeAdapter({
  routes: (router) => router.service(CatalogService, { listCatalogs: () => ({ totalSize: 1 }) }),
}) as RequestListener

/** Requests received by a server that breaks the connection of its first calls. */
interface Seen {
  deadlinesMs: number[]
  tokens: (string | undefined)[]
}

/**
 * Starts a server that breaks the connection of a number of calls before it answers (of the second call after part of an
 * answer), calls it, and returns the requests that it received.
 */
async function broken(door: Door, calls: number, call: (transport: (options?: Parameters<typeof grpc>[1]) => Transport) => Promise<void>): Promise<Seen> {
  const [make, transport] = door
  const seen: Seen = { deadlinesMs: [], tokens: [] }
  const sockets = new Set<Socket>()
  const server = make((request: IncomingMessage, answer) => {
    const { headers } = request
    seen.deadlinesMs.push(Number.parseInt(String(headers['connect-timeout-ms'] ?? headers['grpc-timeout'])))
    seen.tokens.push(headers.authorization)
    if (seen.tokens.length > calls) return answers(request, answer)
    const cut = (): void => sockets.forEach((socket) => socket.destroy())
    if (seen.tokens.length !== 2) return cut()
    answer.writeHead(200, { 'content-type': headers['content-type'], 'content-length': 9 }).write('part', cut)
  })
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    await call((options) => transport(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, options as never))
  } finally {
    server.close()
    for (const socket of sockets) socket.destroy()
  }
  return seen
}

/** Opens a server outside the ephemeral ports, so that its port is still free after it is closed. */
async function openedForGood(server: Server | Http2Server): Promise<number> {
  for (;;) {
    const port = randomInt(20_000, 30_000)
    try {
      await once(server.listen(port, '127.0.0.1'), 'listening')
      return port
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    }
  }
}

for (const [name, door] of Object.entries(doors)) {
  test(`${name}: a call whose connection breaks is made again, and says how much of its deadline is left`, async () => {
    const { deadlinesMs } = await broken(door, 2, async (transport) => {
      const { totalSize } = await boxwright(transport()).catalogs.listCatalogs({}, { timeoutMs: 60_000 })
      assert.equal(totalSize, 1)
    })
    assert.equal(deadlinesMs[0], 60_000)
    assert.equal(deadlinesMs.length, 3)
    assert.ok(deadlinesMs[1]! < deadlinesMs[0]! && deadlinesMs[2]! < deadlinesMs[1]! && deadlinesMs[2]! > 0, String(deadlinesMs))
  })

  test(`${name}: a call that never gets an answer is unavailable, and says why`, async () => {
    const { tokens } = await broken(door, Infinity, async (transport) => {
      const interceptors = [retrying({ attempts: 2, firstWaitMs: 1 })]
      const error: unknown = await boxwright(transport({ interceptors })).catalogs.listCatalogs({}).catch((thrown: unknown) => thrown)
      assert.ok(error instanceof ConnectError && error.cause instanceof Error)
      const { code, reason, message } = Refusal.from(error)
      assert.deepEqual([code, reason], ['unavailable', ''])
      assert.match(message, /^http:\/\/127\.0\.0\.1:\d+ cannot be reached: ./)
    })
    assert.equal(tokens.length, 2)
  })

  test(`${name}: a call that its caller cancels is canceled, one that is late has passed its deadline: neither is made again`, async ({ mock }) => {
    const calls = { made: 0, seen: 0 }
    const counting: Interceptor = (next) => (request) => {
      calls.made += 1
      return next(request)
    }
    const server = door[0](() => void (calls.seen += 1))
    const sockets: Socket[] = []
    server.on('connection', (socket: Socket) => sockets.push(socket))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    try {
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
      const client = boxwright(door[1](url, { interceptors: [counting] }))
      const cancelling = new AbortController()
      server.once('request', () => cancelling.abort(new TypeError('somebody else packs it')))
      const call = client.catalogs.listCatalogs({}, { signal: cancelling.signal, timeoutMs: 60_000 })
      assert.equal(Refusal.from(await call.catch((error: unknown) => error)).code, 'canceled')
      assert.deepEqual(calls, { made: 1, seen: 1 })
      const wait = setTimeout
      mock.method(globalThis, 'setTimeout', ((passed: () => void, ms?: number) => {
        if (ms === 60_000) server.once('request', passed) // the deadline passes once the server has seen the call
        return wait(passed, ms)
      }) as typeof setTimeout)
      const late = client.catalogs.listCatalogs({}, { timeoutMs: 60_000 })
      assert.equal(Refusal.from(await late.catch((error: unknown) => error)).code, 'deadline_exceeded')
      assert.deepEqual(calls, { made: 2, seen: 2 })
    } finally {
      server.close()
      for (const socket of sockets) socket.destroy()
    }
  })

  test(`${name}: a server that restarts is reached`, async () => {
    const server = door[0](answers)
    server.on('connection', (socket: Socket) => socket.unref()) // a client keeps its connection
    const port = await openedForGood(server)
    await new Promise((resolve) => server.close(resolve))
    let refused = 0
    const reopening: Interceptor = (next) => async (request) => {
      try {
        return await next(request)
      } catch (error) {
        refused += 1
        if (refused === 3) await once(server.listen(port, '127.0.0.1'), 'listening')
        throw error
      }
    }
    try {
      const client = boxwright(door[1](`http://127.0.0.1:${port}`, { interceptors: [reopening] }))
      assert.equal((await client.catalogs.listCatalogs({}, { timeoutMs: 60_000 })).totalSize, 1)
      assert.equal(refused, 3)
    } finally {
      server.close()
    }
  })

  test(`${name}: a token goes with each attempt, and interceptors come besides those of the client`, async () => {
    let attempts = 0
    const counting: Interceptor = (next) => async (request) => {
      attempts += 1
      return await next(request)
    }
    const { tokens } = await broken(door, 1, async (transport) => {
      await boxwright(transport({ token: 'bxw_1', interceptors: [counting] })).catalogs.listCatalogs({}, { timeoutMs: 60_000 })
    })
    assert.deepEqual(tokens, ['Bearer bxw_1', 'Bearer bxw_1'])
    assert.equal(attempts, 2)
  })

  test(`${name}: a token that cannot be one is refused before a call`, () => {
    assert.throws(() => door[1]('http://127.0.0.1:1', { token: 'bxw_1\n' }), /line break/)
  })
}

test('a server that is not there is unavailable', async () => {
  const nobody = boxwright(http('http://127.0.0.1:1', { interceptors: [retrying({ attempts: 1 })] }))
  const refusal = Refusal.from(await nobody.catalogs.listCatalogs({}).catch((error: unknown) => error))
  assert.equal(refusal.code, 'unavailable')
  assert.equal(refusal.reason, '')
})

/** Makes a call that fails, and returns the number of its attempts. */
async function attempts(error: ConnectError, headers: Record<string, string>, interceptor: Interceptor): Promise<number> {
  const request = { stream: false, signal: new AbortController().signal, header: new Headers(headers), url: 'http://127.0.0.1:1/' } as never
  let calls = 0
  const next = (): Promise<UnaryResponse> => {
    calls += 1
    return Promise.reject(error)
  }
  await assert.rejects(interceptor(next as never)(request), { code: error.code })
  return calls
}

test('a call that is not taken is made again, as often as is allowed, and other errors are not', async () => {
  const three = retrying({ attempts: 3, firstWaitMs: 1 })
  assert.equal(await attempts(new ConnectError('no', Code.Unavailable), {}, three), 3)
  const others = [Code.InvalidArgument, Code.Unknown, Code.Internal, Code.Aborted, Code.Canceled]
  for (const code of others) assert.equal(await attempts(new ConnectError('no', code), {}, three), 1, Code[code])
})

test('a wait past the deadline is not begun', async () => {
  for (const [name, value] of [['connect-timeout-ms', '40'], ['grpc-timeout', '40m']] as const) {
    assert.equal(await attempts(new ConnectError('no', Code.Unavailable), { [name]: value }, retrying()), 1)
  }
})

test('the error of one order of a batch is read as that of a call', () => {
  const info = create(ErrorInfoSchema, { reason: 'ORDER_NOT_PACKED_WHOLE', domain: 'boxwright' })
  const requiredInner = create(DimensionsSchema, { lengthMm: 900, widthMm: 80, heightMm: 20 })
  const plank = { lineId: 'plank', quantity: 2, reason: UnpackedReason.DOES_NOT_FIT_ANY_BOX, message: 'too long', requiredInner }
  const details = [anyPack(ErrorInfoSchema, info), anyPack(IncompletePlanDetailSchema, create(IncompletePlanDetailSchema, { lines: [plank] }))]
  const refusal = Refusal.from(create(StatusSchema, { code: 9, message: '2 units are left out', details }))
  assert.deepEqual([refusal.code, refusal.reason, refusal.message], ['failed_precondition', 'ORDER_NOT_PACKED_WHOLE', '2 units are left out'])
  assert.deepEqual(refusal.lines, [{ ...plank, reason: 'DOES_NOT_FIT_ANY_BOX' }])
  assert.equal(Refusal.from(create(StatusSchema, { code: 99 })).code, 'unknown')
})
