import type { Handler } from '../../model/asset.ts';
import type { FlatHandler } from '../../ir/flat-system.ts';

/** Which handlers of one group wait for which, and start which anew: names → positions. */
export class Order {
  private readonly positions = new Map<string, number>();
  private readonly noted: { handler: Handler; position: number }[] = [];

  note(handler: Handler, position: number): void {
    if (handler.id === undefined) return;
    this.positions.set(handler.id, position);
    this.noted.push({ handler, position });
  }

  connect(handlers: FlatHandler[]): void {
    for (const { handler, position } of this.noted) {
      const yields = this.known(handler.yields);
      const restarts = this.known(handler.restarts);
      if (yields.length > 0) handlers[position]!.yields = yields;
      const elseOf = this.known(handler.elseOf);
      if (elseOf.length > 0) handlers[position]!.elseOf = elseOf;
      if (restarts.length > 0) handlers[position]!.restarts = restarts;
    }
  }

  private known(ids: readonly string[] = []): number[] {
    return ids.flatMap((id) => this.positions.get(id) ?? []);
  }
}
