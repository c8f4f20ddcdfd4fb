/**
 * Strongly connected components of a graph, each after all that it needs: Tarjan, Depth-first search and linear graph
 * algorithms, SIAM J. Comput. 1 (1972). With a stack of its own, as chains of elements can be long.
 */
export function strongComponents(size: number, needs: (node: number) => readonly number[]): number[][] {
  const number = new Array<number>(size).fill(-1);
  const low = new Array<number>(size).fill(0);
  const onStack = new Array<boolean>(size).fill(false);
  const stack: number[] = [];
  const components: number[][] = [];
  let next = 0;
  for (let root = 0; root < size; root += 1) {
    if (number[root] !== -1) continue;
    const frames: { node: number; edges: readonly number[]; at: number }[] = [];
    const enter = (node: number) => {
      number[node] = low[node] = next;
      next += 1;
      stack.push(node);
      onStack[node] = true;
      frames.push({ node, edges: needs(node), at: 0 });
    };
    enter(root);
    while (frames.length > 0) {
      const frame = frames.at(-1)!;
      if (frame.at < frame.edges.length) {
        const to = frame.edges[frame.at]!;
        frame.at += 1;
        if (number[to] === -1) enter(to);
        else if (onStack[to]) low[frame.node] = Math.min(low[frame.node]!, number[to]!);
        continue;
      }
      frames.pop();
      const parent = frames.at(-1);
      if (parent) low[parent.node] = Math.min(low[parent.node]!, low[frame.node]!);
      if (low[frame.node] !== number[frame.node]) continue;
      const component: number[] = [];
      for (;;) {
        const node = stack.pop()!;
        onStack[node] = false;
        component.push(node);
        if (node === frame.node) break;
      }
      components.push(component.sort((a, b) => a - b));
    }
  }
  return components;
}
