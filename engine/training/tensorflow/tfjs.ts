/**
 * What of TensorFlow.js the differentiable program uses, with its WebAssembly and plain JavaScript backends: the entry of
 * the bundle dist/tensorflow/tfjs.js, which a job loads only when a training asks for it. `@tensorflow/tfjs-node` exports
 * the same names (but for those of the WebAssembly backend).
 */
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import '@tensorflow/tfjs-backend-cpu';

export {
  add,
  addN,
  concat,
  cos,
  customGrad,
  dispose,
  enableProdMode,
  exp,
  getBackend,
  matMul,
  memory,
  mul,
  neg,
  ones,
  relu,
  reshape,
  setBackend,
  sigmoid,
  softplus,
  square,
  sub,
  sum,
  tanh,
  tensor1d,
  tensor2d,
  tidy,
  valueAndGrads,
  variable,
  variableGrads,
  zeros,
} from '@tensorflow/tfjs-core';
export { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
