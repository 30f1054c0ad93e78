import { isMessage } from '@bufbuild/protobuf'
import { Code, ConnectError } from '@connectrpc/connect'
import { IncompletePlanDetailSchema } from './gen/boxwright/v1/errors_pb.js'
import { type Dimensions } from './gen/boxwright/v1/geometry_pb.js'
import { UnpackedReason } from './gen/boxwright/v1/plan_pb.js'
import { BadRequestSchema, ErrorInfoSchema, RetryInfoSchema } from './gen/google/rpc/error_details_pb.js'
import { type Status, StatusSchema } from './gen/google/rpc/status_pb.js'

/** One broken rule of a request. */
export interface FieldViolation {
  /** Path in the request, such as `order.lines[3].mass_g`. */
  field: string
  /** The rule, and the value that breaks it. */
  rule: string
}

/** Units of an order line that no parcel takes. */
export interface UnpackedLine {
  lineId: string
  quantity: number
  /** Such as `DOES_NOT_FIT_ANY_BOX`. */
  reason: string
  /** Why, as a sentence with its figures. */
  message: string
  /** The least inside of a box that takes one unit, where only size keeps it out. */
  requiredInner: Dimensions | undefined
}

/** Why a call has no answer, with the details that the server sent. */
export class Refusal extends Error {
  /** Such as `invalid_argument`. */
  readonly code: string
  /** A reason of the table in the page of errors, such as `INVALID_FIELDS`; empty where the server did not answer. */
  readonly reason: string
  /** Every field at fault. */
  readonly fields: readonly FieldViolation[]
  /** Lines with unpacked units, where the order cannot be packed whole. */
  readonly lines: readonly UnpackedLine[]
  /** When to try again, in ms, where the server says so. */
  readonly retryAfterMs: number | undefined

  private constructor(error: ConnectError) {
    super(error.rawMessage, { cause: error })
    this.name = 'Refusal'
    this.code = codeName(error.code)
    this.reason = error.findDetails(ErrorInfoSchema)[0]?.reason ?? ''
    this.fields = error
      .findDetails(BadRequestSchema)
      .flatMap((detail) => detail.fieldViolations)
      .map(({ field, description }) => ({ field, rule: description }))
    this.lines = error
      .findDetails(IncompletePlanDetailSchema)
      .flatMap((detail) => detail.lines)
      .map(({ lineId, quantity, reason, message, requiredInner }) => {
        return { lineId, quantity, reason: UnpackedReason[reason], message, requiredInner }
      })
    this.retryAfterMs = retryAfterMs(error)
  }

  /**
   * Returns what an error says: that of a call, of which anything that was thrown is taken, or the `google.rpc.Status` of one
   * order of a batch or stream, or of an operation.
   */
  static from(error: unknown): Refusal {
    if (error instanceof Refusal) return error
    return new Refusal(isMessage(error, StatusSchema) ? ofStatus(error) : ConnectError.from(error))
  }
}

/** Returns the error that a call would have that ends with a status. */
function ofStatus({ code, message, details }: Status): ConnectError {
  const error = new ConnectError(message, code in Code ? code : Code.Unknown)
  error.details = details.map(({ typeUrl, value }) => ({ type: typeUrl.slice(typeUrl.lastIndexOf('/') + 1), value }))
  return error
}

/** Returns when the server asks to try again, in ms; undefined where it does not. */
export function retryAfterMs(error: ConnectError): number | undefined {
  const delay = error.findDetails(RetryInfoSchema)[0]?.retryDelay
  return delay === undefined ? undefined : Number(delay.seconds) * 1_000 + delay.nanos / 1_000_000
}

function codeName(code: Code): string {
  return Code[code].replace(/(?<=[a-z])(?=[A-Z])/g, '_').toLowerCase()
}
