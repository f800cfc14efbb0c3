import { create } from '@bufbuild/protobuf';
import {
  type AttributeProto,
  AttributeProtoSchema,
  AttributeProto_AttributeType as AttributeType,
  TensorProto_DataType as DataType,
  type TensorProto,
  TensorProtoSchema,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from './onnx-pb.ts';

/** Attributes, tensors and types as ONNX's messages. */

export function float(value: number): (name: string) => AttributeProto {
  return (name) => create(AttributeProtoSchema, { name, type: AttributeType.FLOAT, f: value });
}

export function int(value: number): (name: string) => AttributeProto {
  return (name) => create(AttributeProtoSchema, { name, type: AttributeType.INT, i: BigInt(value) });
}

export function ints(values: readonly number[]): (name: string) => AttributeProto {
  return (name) => create(AttributeProtoSchema, { name, type: AttributeType.INTS, ints: values.map(BigInt) });
}

export type TensorData = Float32Array | Int32Array | BigInt64Array;

/** Raw data is little-endian, as every machine that Node runs TensorFlow on. */
export function tensor(name: string, shape: readonly number[], data: TensorData): TensorProto {
  return create(TensorProtoSchema, {
    name,
    dims: shape.map(BigInt),
    dataType: dataTypeOf(data),
    rawData: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  });
}

function dataTypeOf(data: TensorData): DataType {
  if (data instanceof Float32Array) return DataType.FLOAT;
  return data instanceof Int32Array ? DataType.INT32 : DataType.INT64;
}

/** A float32 input or output of the model. @param shape a name stands for a size that is open */
export function floats(name: string, shape: readonly (number | string)[]): ValueInfoProto {
  const dim = shape.map((size) => ({
    value:
      typeof size === 'string'
        ? { case: 'dimParam' as const, value: size }
        : { case: 'dimValue' as const, value: BigInt(size) },
  }));
  return create(ValueInfoProtoSchema, {
    name,
    type: { value: { case: 'tensorType', value: { elemType: DataType.FLOAT, shape: { dim } } } },
  });
}
