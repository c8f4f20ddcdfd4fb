/**
 * Items of a process as dots that move along the ways. Each has a place in its station by the order in which they came; one
 * that goes on follows the way there. They are moved by hand, not rendered: hundreds of them, in every frame.
 */
import { pointAlong } from './polyline.ts';
import type { Point } from './polyline.ts';
import type { PlacedStation, ProcessDrawing } from './process-layout.ts';

const space = 'http://www.w3.org/2000/svg';
/** ms on the way from one station to the next. */
const travel = 450;
const radius = 4;
const pitch = 10;
/** Dots in a line, and lines; more stand where the last one does. */
const perLine = 11;
const lines = 2;
/** Stations on a way that is followed; who comes from farther goes straight. */
const farthest = 4;

interface Dot {
  element: SVGCircleElement;
  station: number;
  at: Point;
  path: Point[];
  /** ms; when it set out. */
  since: number;
  leaving: boolean;
}

export class ItemDots {
  private readonly dots = new Map<string, Dot>();
  private readonly routes = new Map<string, Point[]>();
  private readonly host: SVGGElement;
  private readonly drawing: ProcessDrawing;
  private readonly still: boolean;

  /** `still`: nothing moves on the way. */
  constructor(host: SVGGElement, drawing: ProcessDrawing, still: boolean) {
    this.host = host;
    this.drawing = drawing;
    this.still = still;
  }

  /** Who is where now; `station` −1 is nowhere. */
  update(ids: readonly string[], stationOf: (item: number) => number, now: number): void {
    const first = this.dots.size === 0;
    const present = new Set<string>();
    const places = new Map<number, { id: string; arrived: number }[]>();
    ids.forEach((id, item) => {
      const station = stationOf(item);
      if (station < 0) return;
      present.add(id);
      const there = places.get(station) ?? [];
      there.push({ id, arrived: Number(id.split('@')[1]) });
      places.set(station, there);
    });
    for (const [station, there] of places) {
      there.sort((a, b) => a.arrived - b.arrived);
      there.forEach(({ id }, rank) => this.put(id, station, rank, now, first));
    }
    for (const [id, dot] of this.dots) {
      if (present.has(id) || dot.leaving) continue;
      dot.leaving = true;
      const exit = this.exitOf(dot.station);
      if (this.still || exit === undefined) this.remove(id, dot);
      else this.send(dot, exit, centre(this.drawing.stations[exit]!), now);
    }
  }

  /** Moves all to where they are at this time. Gives back whether any is still on its way. */
  paint(now: number): boolean {
    let moving = false;
    for (const [id, dot] of this.dots) {
      const share = this.still ? 1 : Math.min(1, (now - dot.since) / travel);
      if (share < 1) moving = true;
      const at = pointAlong(dot.path, ease(share));
      if (at[0] !== dot.at[0] || at[1] !== dot.at[1]) this.place(dot, at);
      if (dot.leaving && share >= 1) this.remove(id, dot);
    }
    return moving;
  }

  clear(): void {
    for (const [id, dot] of this.dots) this.remove(id, dot);
  }

  private put(id: string, station: number, rank: number, now: number, atOnce: boolean): void {
    const to = slotOf(this.drawing.stations[station]!, rank);
    let dot = this.dots.get(id);
    if (dot === undefined) {
      const element = document.createElementNS(space, 'circle');
      element.setAttribute('r', String(radius));
      element.setAttribute('class', 'item');
      this.host.append(element);
      const from = atOnce || this.still ? to : centre(this.drawing.stations[this.entryOf(station)]!);
      dot = { element, station, at: from, path: [from, to], since: now, leaving: false };
      this.dots.set(id, dot);
      element.dataset['station'] = String(station);
      this.place(dot, from);
      if (atOnce) dot.since = -Infinity;
      else if (!this.still) this.send(dot, station, to, now, this.entryOf(station));
      return;
    }
    const end = dot.path.at(-1)!;
    if (dot.station === station && end[0] === to[0] && end[1] === to[1]) return;
    this.send(dot, station, to, now);
  }

  private send(dot: Dot, station: number, to: Point, now: number, from = dot.station): void {
    dot.path = from === station ? [dot.at, to] : [dot.at, ...this.route(from, station), to];
    dot.station = station;
    dot.element.dataset['station'] = String(station);
    dot.since = now;
  }

  /** Where new items of a station come from. */
  private entryOf(station: number): number {
    const source = this.drawing.stations.findIndex(({ kind }) => kind === 'arrive');
    return source >= 0 && this.route(source, station).length > 0 ? source : station;
  }

  /** The way out that is nearest. */
  private exitOf(station: number): number | undefined {
    const way = this.drawing.ways.find(
      ({ from, to }) => from === station && this.drawing.stations[to]!.kind === 'leave',
    );
    if (way) return way.to;
    const exits = this.drawing.stations.flatMap(({ kind }, at) => (kind === 'leave' ? [at] : []));
    return exits.find((exit) => this.route(station, exit).length > 0);
  }

  /** Points on the way over few stations; none where there is no such way. */
  private route(from: number, to: number): Point[] {
    const key = `${from} ${to}`;
    let known = this.routes.get(key);
    if (known === undefined) this.routes.set(key, (known = this.find(from, to)));
    return known;
  }

  private find(from: number, to: number): Point[] {
    let edge: { at: number; points: Point[] }[] = [{ at: from, points: [] }];
    const seen = new Set([from]);
    for (let length = 0; length < farthest && edge.length > 0; length++) {
      const next: typeof edge = [];
      for (const { at, points } of edge)
        for (const way of this.drawing.ways) {
          if (way.from !== at || seen.has(way.to)) continue;
          seen.add(way.to);
          const on = [...points, ...way.points];
          if (way.to === to) return on;
          next.push({ at: way.to, points: on });
        }
      edge = next;
    }
    return [];
  }

  private place(dot: Dot, at: Point): void {
    dot.at = at;
    dot.element.setAttribute('transform', `translate(${at[0]} ${at[1]})`);
  }

  private remove(id: string, dot: Dot): void {
    dot.element.remove();
    this.dots.delete(id);
  }
}

const centre = ({ x, y, width, height }: PlacedStation): Point => [x + width / 2, y + height / 2];

/** Places stand in lines from the right end, where items go on. */
export function slotOf(station: PlacedStation, rank: number): Point {
  const { x, y, width, height, kind } = station;
  if (kind === 'arrive' || kind === 'leave' || kind === 'choose') return centre(station);
  const columns = Math.min(perLine, Math.floor((width - 16) / pitch));
  const shown = Math.min(rank, columns * lines - 1);
  const line = Math.floor(shown / columns);
  return [x + width - 13 - (shown % columns) * pitch, y + height - 22 + line * pitch];
}

const ease = (share: number): number => (share < 0.5 ? 2 * share * share : 1 - 2 * (1 - share) * (1 - share));
