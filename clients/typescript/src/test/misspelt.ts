// Misspelt fields do not compile: tsc fails if a line below `@ts-expect-error` has no error.
import type { MessageInitShape } from '../index.js'
import { OrderLineSchema } from '../gen/boxwright/v1/order_pb.js'

const dimensions = { lengthMm: 210, widthMm: 148, heightMm: 20 }

export const glass = {
  lineId: 'glass',
  quantity: 3,
  massG: 340,
  shape: { case: 'cuboid', value: { dimensions } },
  // @ts-expect-error  it is fragility
  fragilty: {},
} satisfies MessageInitShape<typeof OrderLineSchema>

export const book = {
  lineId: 'book',
  quantity: 3,
  massG: 340,
  // @ts-expect-error  it is heightMm
  shape: { case: 'cuboid', value: { dimensions: { lengthMm: 210, widthMm: 148, heigthMm: 20 } } },
} satisfies MessageInitShape<typeof OrderLineSchema>
