// Owns the question whether a layer is TLS.

import type { Layer } from '../layer.js';
import { TlsLayer } from './layer.js';

export function isTls(layer: Layer | null): layer is TlsLayer {
  return layer instanceof TlsLayer;
}
