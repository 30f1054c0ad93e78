// Loads the contract from proto/ at run time, and makes calls with a deadline.
import { fileURLToPath } from 'node:url'
import { credentials, loadPackageDefinition } from '@grpc/grpc-js'
import { loadSync } from '@grpc/proto-loader'

const DEADLINE_MS = 20_000

export const here = (path) => fileURLToPath(new URL(path, import.meta.url))

export function packing(target) {
  const definition = loadSync('boxwright/v1/packing_service.proto', {
    keepCase: true, // keeps the field names of the contract
    enums: String,
    longs: String, // money has 64-bit integers
    defaults: true,
    oneofs: true,
    includeDirs: [here('../../proto'), here('../../proto/third_party/googleapis')],
  })
  const { PackingService } = loadPackageDefinition(definition).boxwright.v1
  return new PackingService(target, credentials.createInsecure())
}

export function call(client, method, message) {
  return new Promise((resolve, reject) => {
    const deadline = Date.now() + DEADLINE_MS
    client[method](message, { deadline }, (error, answer) => (error ? reject(error) : resolve(answer)))
  })
}
