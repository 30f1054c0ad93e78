// A typed client of Boxwright. Transports are in `boxwright-client/node` or `boxwright-client/web`; messages and
// enums are in `boxwright-client/v1/*`, such as `boxwright-client/v1/plan`.
import { type Client, createClient, type Transport } from '@connectrpc/connect'
import { CatalogService } from './gen/boxwright/v1/catalog_service_pb.js'
import { EvaluationService } from './gen/boxwright/v1/evaluation_service_pb.js'
import { FootprintService } from './gen/boxwright/v1/footprint_service_pb.js'
import { PackingService } from './gen/boxwright/v1/packing_service_pb.js'
import { Operations } from './gen/google/longrunning/operations_pb.js'

export type { MessageInitShape } from '@bufbuild/protobuf'
export { Refusal, type FieldViolation, type UnpackedLine } from './refusal.js'
export { retrying, type RetryingOptions } from './retrying.js'

/** The services of a server. */
export interface Boxwright {
  packing: Client<typeof PackingService>
  catalogs: Client<typeof CatalogService>
  footprints: Client<typeof FootprintService>
  evaluations: Client<typeof EvaluationService>
  operations: Client<typeof Operations>
}

/** Returns clients of all services over one transport. */
export function boxwright(transport: Transport): Boxwright {
  return {
    packing: createClient(PackingService, transport),
    catalogs: createClient(CatalogService, transport),
    footprints: createClient(FootprintService, transport),
    evaluations: createClient(EvaluationService, transport),
    operations: createClient(Operations, transport),
  }
}
