/** What weights are exported as; apart from how, so that the command line knows them without loading it. */
export const EXPORT_FORMATS = ['safetensors', 'pt', 'onnx', 'tfjs'] as const;

export type ExportFormat = (typeof EXPORT_FORMATS)[number];
