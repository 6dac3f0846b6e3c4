/** Numbers of networks. */

/** Weights and biases of a network with one output. */
export function countNetworkWeights(inputs: number, hidden: readonly number[]): number {
  const nodes = [inputs, ...hidden, 1];
  return nodes.slice(1).reduce((sum, outputs, layer) => sum + (nodes[layer] + 1) * outputs, 0);
}
