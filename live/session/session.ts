/** A session: a running twin that speaks the preview's protocol. See README.md. */
import { carry } from '../../runtime/carry.ts';
import { methodText } from '../../runtime/solvers/method.ts';
import { findCommand } from '../../runtime/commands.ts';
import { together } from '../../runtime/samples/together.ts';
import { createTwin, findElement } from '../../runtime/twin.ts';
import type { OfferResult, StopAt, Twin } from '../../runtime/twin.ts';
import type { Manifest } from '../../runtime/contract/manifest.ts';
import { count } from '../../runtime/names.ts';
import { timeText } from '../../runtime/trouble.ts';
import type { FromPreview, Mode, Problem, Said, SessionStatus, TwinEvent } from '../../preview/protocol.ts';
import type { Fault } from '../faults.ts';
import type { Arrival, ConnectionState, Receiver } from '../receiver.ts';
import { say, sentenceOf } from '../said.ts';
import { carriedText } from './carried.ts';
import { createGathering } from './gathering.ts';
import { helloOf, parametersOf, settingText } from './hello.ts';
import type { RecordedSample } from './replay.ts';
import { niceSpeed, prepare } from './model.ts';
import { namesNow } from './series.ts';
import type { Prepared, SessionModel } from './model.ts';
import { createOutbox, finite } from './outbox.ts';
import { createPace } from './pace.ts';
import { createReference } from './reference.ts';
import type { Reference } from './reference.ts';
import { itemsOf } from './items.ts';
import { createSamples } from './samples.ts';
import type { Samples } from './samples.ts';
import { versionReference } from './other-version.ts';
import type { OtherVersion } from './other-version.ts';
import { createTrials } from './trials.ts';
import type { Trials } from './trials.ts';
import { alarmKey, alarmStates, createLog, toTwinEvent } from './state.ts';
import type { Outlet, SessionOptions, Session } from './contract.ts';

/** ms of work in a row, and between two frames. */
const SLICE = 8;
const FRAME = 16;
/** A what-if runs again from the start when that takes no longer than this, ms. */
const AGAIN = 50;
/** s */
const LAG = 0.25;
/** So many arrivals are not held back for others. */
const MOST_WAITING = 50_000;

/** ms between two lists of alarms that have changed: whoever is told sorts all of very many again. The log has each at once. */
const pauseOf = (manifest: Manifest | undefined): number =>
  Math.min(500, (manifest?.alarms ?? []).reduce((total, { dims }) => total + count(dims), 0) / 40);

interface Goal {
  until: number;
  stopAt?: StopAt;
  then?: () => void;
}

export function createSession(options: SessionOptions): Session {
  const { send, now, schedule } = options;
  const log = createLog();
  const outlets = new Set<Outlet>();
  const connections = new Map<string, ConnectionState>();
  const acknowledged = new Map<string, number | null>();
  /** Alarms that are kept quiet, and until when (s of the run). */
  const shelved = new Map<string, number>();
  const overrides = new Map<string, number>();
  let model: SessionModel | undefined;
  let prepared: Prepared | undefined;
  let twin: Twin | undefined;
  let mode: Mode = options.mode ?? 'simulate';
  let scenario: string | null = options.scenario ?? null;
  let chosen = options.scenario !== undefined;
  let playing = options.playing ?? true;
  let speed = options.speed;
  let problems: readonly Problem[] = [];
  let computed = 0;
  /** s: how far the recording was replayed, and how far it is gone over again. */
  let replayed = -Infinity;
  let repeated = -Infinity;
  let goal: Goal | undefined;
  let reference: Reference | undefined;
  let shows = { items: false, samples: false };
  let samples: Samples | undefined;
  let trials: Trials | undefined;
  /** Counts references, so that a preview sees when one takes the place of another. */
  let references = 0;
  let otherVersion: OtherVersion | undefined;
  /** Run time and clock that belong together; time passes from there. */
  let anchorTime = 0;
  let anchorClock = now();
  /** Clock at time 0 of a live twin. */
  let epoch = now();
  /** ms of computing for the run so far, to tell what going over it again would take. */
  let spent = 0;
  let cancel: (() => void) | undefined;
  let frameAt = -Infinity;
  let alarmsAt = -Infinity;
  /** A live twin has not got to where it should be by the clock. */
  let isBehind = false;
  const pace = createPace();
  let disposed = false;

  const anchor = (): void => {
    anchorTime = twin?.time() ?? 0;
    anchorClock = now();
  };
  const endOf = (): number => (twin === undefined || mode === 'live' ? Infinity : twin.duration);

  const gathering = createGathering(() => twin, now);

  const status = (): SessionStatus | undefined => {
    if (twin === undefined) return undefined;
    const end = endOf();
    const counts: Record<string, number> = {};
    if (mode !== 'simulate')
      for (const [kind, number] of Object.entries(twin.sampleCounts())) if (number > 0) counts[kind] = number;
    for (const outlet of outlets) Object.assign(counts, outlet.counts?.());
    const trouble = twin.trouble();
    const method = twin.method();
    return {
      mode,
      scenario: mode === 'live' ? null : scenario,
      playing,
      speed: speed === undefined || speed === null || !Number.isFinite(speed) ? null : speed,
      time: twin.time(),
      start: 0,
      end: Number.isFinite(end) ? end : null,
      computed: Math.max(computed, twin.time()),
      trouble:
        trouble === undefined ? null : `${twin.manifest.title || twin.manifest.name}: ${trouble.message}`,
      ...(method.name === undefined ? {} : { method }),
      ...(reference === undefined
        ? {}
        : { compared: { id: references, label: reference.label, computed: reference.computed() } }),
      connections: [...connections].map(([name, { state, detail }]) => ({ name, state, detail })),
      counts,
    };
  };
  const outbox = createOutbox({
    send,
    twin: () => twin,
    status,
    alarms: (only) => alarmStates(twin!, log, acknowledged, shelved, only),
    alarmsDue: () => mode !== 'live' || now() - alarmsAt >= pauseOf(twin?.manifest),
    items: () => (shows.items && twin !== undefined ? itemsOf(twin) : undefined),
  });
  const flush = (): void => {
    frameAt = now();
    if (outbox.flush()) alarmsAt = frameAt;
  };

  /** A text is passed on as it is. */
  const tell = (
    kind: TwinEvent['kind'],
    name: string,
    what: Said | string,
    severity: TwinEvent['severity'] = 'info',
  ): void => {
    const said = typeof what === 'string' ? { text: what } : { text: sentenceOf(what), said: what };
    outbox.event(log.add({ time: twin?.time() ?? 0, microstep: 0, kind, name, ...said, severity }));
  };

  const listen = (current: Twin): void => {
    current.listen({
      row: (time) => outbox.row(time, current),
      event: (event) => {
        outbox.event(log.add(toTwinEvent(event), event.alarm));
        if (event.alarm === undefined) return;
        outbox.alarmsChanged(alarmKey(event.alarm));
        if (mode !== 'live') return;
        const { alarm, instance, active } = event.alarm;
        for (const outlet of outlets) outlet.alarm(alarm, instance, active, epoch + 1000 * event.time);
      },
      revised: (time, including) => {
        computed = Math.min(computed, time);
        const changed = log.cut(time, including);
        outbox.forgetAfter(time, including, mode === 'live' ? changed : undefined);
      },
    });
  };

  /** A fresh twin at time 0 for the mode, scenario and settings as they are. */
  const build = (): void => {
    if (model === undefined) return;
    const { scenarios } = model.manifest;
    if (!chosen || (scenario !== null && !scenarios.some(({ name }) => name === scenario))) {
      scenario = scenarios[0]?.name ?? null;
      chosen = scenario !== null;
    }
    prepared?.recording.close();
    const { seed, replay } = options;
    prepared = prepare(model, { mode, scenario, seed, overrides, replayed: replay?.duration });
    twin = prepared.twin;
    const { byId } = prepared;
    outbox.clear();
    outbox.subscribe(outbox.subscribed().flatMap(({ id }) => byId.get(id) ?? []));
    log.clear();
    computed = 0;
    spent = 0;
    replay?.restart();
    replayed = repeated = -Infinity;
    listen(twin);
    sampleAgain();
    if (mode === 'live') epoch = now();
    if (speed === undefined) speed = niceSpeed(twin.duration);
    anchor();
    if (otherVersion !== undefined) compareVersion(otherVersion);
  };

  /** Runs with other seeds and the same settings, for histograms. */
  const sampleAgain = (): void => {
    samples = undefined;
    if (!shows.samples || model === undefined || mode !== 'simulate') return;
    samples = createSamples(model, { scenario, seed: options.seed, overrides });
    if (samples !== undefined) send(samples.take());
  };

  /** Samples of the recording. */
  const replayAll = (current: Twin, recorded: readonly RecordedSample[]): void => {
    const offering = together(current);
    for (const { target, time, value } of recorded) {
      const again = time <= repeated ? true : undefined;
      replayed = Math.max(replayed, time);
      if (target.kind === 'sensor') offering.sample(target.sensor, target.instance, time, value, again);
      else offering.input(target.variable, target.element, time, value, again);
    }
    offering.flush();
  };

  /** Advances in small portions until there or out of time. Returns whether the twin got there. */
  const work = (target: number, stopAt: StopAt, limit: number): boolean => {
    const current = twin!;
    const begun = now();
    let steps = 16;
    for (;;) {
      if (mode === 'replay')
        replayAll(current, options.replay?.take(Math.min(target, current.time() + 10)) ?? []);
      const until = mode === 'replay' ? Math.min(target, current.time() + 10) : target;
      const portion = now();
      const stop = current.advance(until, { ...stopAt, steps });
      const took = now() - portion;
      computed = Math.max(computed, stop.time);
      if (stop.reason === 'trouble' || stop.reason === 'end')
        playing &&= mode === 'live' && stop.reason !== 'trouble';
      const there = stop.reason !== 'steps' && (stop.reason !== 'reached' || until >= target);
      const elapsed = now() - begun;
      if (there || elapsed >= limit) {
        spent += elapsed;
        return there;
      }
      if (took < 1 && steps < 4096) steps *= 2;
      else if (took > 3 && steps > 1) steps = Math.max(1, steps >> 1);
    }
  };

  /** Says that a live twin cannot keep up with the clock, and when it can again. */
  const tellPace = (): void => {
    const said = pace.look((now() - epoch) / 1000 - twin!.time(), twin!.trouble() !== undefined);
    if (said !== undefined)
      tell('sensor', twin!.manifest.name, said, said.key === 'behind' ? 'warning' : 'info');
  };

  const tellOutlets = (): void => {
    if (mode !== 'live' || twin === undefined) return;
    for (const outlet of outlets)
      for (const probe of outlet.probes)
        outlet.value(probe, twin.probe(probe, 0), epoch + 1000 * twin.time());
  };

  /** What is computed beside the run that is shown. */
  const unfinished = (): (Reference | Samples | Trials)[] =>
    [reference, samples, trials].flatMap((one) => (one?.done() === false ? [one] : []));

  const tick = (): void => {
    cancel = undefined;
    if (disposed || twin === undefined) return;
    if (goal !== undefined) {
      const { until, stopAt = {}, then } = goal;
      if (work(until, stopAt, SLICE)) {
        goal = undefined;
        then?.();
        anchor();
      }
    } else if (mode === 'live') {
      if (!gathering.rests()) {
        gathering.offer();
        const target = (now() - epoch) / 1000 - (options.lag ?? LAG);
        isBehind = target > twin.time() && !work(target, {}, SLICE);
      }
      tellPace();
    } else if (playing) {
      const rate = speed ?? Infinity;
      const target = Number.isFinite(rate)
        ? Math.min(endOf(), anchorTime + ((now() - anchorClock) / 1000) * rate)
        : endOf();
      // A machine that cannot keep up goes as fast as it can, and does not race to catch up later.
      if (target > twin.time() && !work(target, {}, SLICE)) anchor();
      if (twin.time() >= endOf()) playing = false;
    }
    for (const one of unfinished()) one.work(now, SLICE / 2);
    for (const [id, until] of shelved) {
      if (until > twin.time()) continue;
      shelved.delete(id);
      outbox.alarmsChanged();
    }
    if (now() - frameAt >= FRAME || !needsTicks()) {
      tellOutlets();
      flush();
      if (samples?.news() === true) send(samples.take());
      if (trials?.news() === true) send(trials.take());
    }
    wake();
  };
  const needsTicks = (): boolean =>
    unfinished().length > 0 ||
    (twin !== undefined &&
      twin.trouble() === undefined &&
      (goal !== undefined || mode === 'live' || playing));
  const wake = (): void => {
    if (cancel !== undefined || disposed || !needsTicks()) return;
    const busy =
      goal !== undefined ||
      unfinished().length > 0 ||
      (mode === 'live' && isBehind) ||
      (playing && mode !== 'live' && (speed === null || speed === Infinity));
    cancel = schedule(tick, busy ? 0 : FRAME);
  };

  const hello = (): void => {
    if (twin === undefined || prepared === undefined) return;
    const modes: Mode[] = ['simulate'];
    if (options.replay !== undefined) modes.push('replay');
    if (options.live === true) modes.push('live');
    const { series, initial } = prepared;
    send(helloOf({ twin, series, modes, alarms: alarmStates(twin, log, acknowledged, shelved), initial }));
    outbox.repeatStatus();
    outbox.sendStatus();
    send({ type: 'events', events: [...log.all()] });
    outbox.forgetEvents();
    send({ type: 'problems', problems: [...problems] });
    if (trials !== undefined) send(trials.take());
    outbox.sendFrame();
  };

  const restart = (): void => {
    build();
    goal = undefined;
    outbox.forgetAfter(-1, true);
    work(0, {}, SLICE);
    anchor();
    flush();
  };

  /** The model again from the start, up to the time shown now. */
  const runAgain = (until: number): void => {
    build();
    outbox.forgetAfter(-1, true);
    goal = { until };
    if (work(until, {}, AGAIN)) goal = undefined;
    anchor();
  };

  const setValue = (id: string, value: number | null): void => {
    const current = twin!;
    const place = findElement(current.manifest, id);
    if (place === undefined) {
      tell('command', id, say('noneToSet', id), 'warning');
      return;
    }
    const { role } = current.manifest.variables[place.variable]!;
    const target = value ?? prepared!.initial.get(id) ?? NaN;
    const time = current.time();
    const again = mode === 'simulate' && role === 'parameter' && spent <= AGAIN;
    if (again || current.trouble() !== undefined) {
      const before = overrides.get(id);
      const wrong = tryOverride(current, id, target);
      if (wrong !== undefined) {
        tell('command', id, wrong, 'warning');
        return;
      }
      if (value === null) overrides.delete(id);
      else overrides.set(id, value);
      if (before === overrides.get(id)) return;
      runAgain(time);
      tell('command', id, say(value === null ? 'backAgain' : 'setAgain'));
      return;
    }
    const wrong = current.set(id, target);
    if (wrong !== undefined) tell('command', id, wrong, 'warning');
    else {
      if (value === null) overrides.delete(id);
      else if (role === 'parameter') overrides.set(id, value);
      if (role === 'parameter' && mode === 'simulate') tell('command', id, say('holdsFrom', timeText(time)));
    }
  };
  const callCommand = (id: string, values: readonly number[]): void => {
    const current = twin!;
    const found = findCommand(current.manifest, id);
    const wrong =
      found === undefined ? say('noneToCall', id) : current.call(found.command, found.instance, values);
    if (wrong !== undefined) tell('command', id, wrong, 'warning');
  };
  /** Checks a value on a branch, so that a wrong one changes nothing. */
  const tryOverride = (current: Twin, id: string, value: number): string | undefined => {
    const fresh = createTwin({ manifest: current.manifest, kernel: model!.kernel });
    return fresh.trouble() === undefined ? fresh.set(id, value) : undefined;
  };

  const seek = (time: number): void => {
    const current = twin!;
    if (mode === 'live') return;
    goal = undefined;
    const target = Math.max(0, Math.min(time, endOf()));
    if (target < current.time()) {
      // Values set and samples offered are taken from the journal; nothing is told again.
      const isHeld = target >= current.heldFrom();
      current.rewind(target);
      if (!isHeld) {
        // What was measured so long ago is not held any more: it is replayed up to there.
        repeated = replayed;
        options.replay?.restart();
        options.replay?.take(current.time());
        goal = { until: target };
      }
      outbox.alarmsChanged();
    } else if (target > current.time()) goal = { until: target };
    anchor();
  };

  const step = (to: 'step' | 'next-event' | 'previous-event'): void => {
    const current = twin!;
    if (mode === 'live') return;
    playing = false;
    const time = current.time();
    if (to === 'step') goal = { until: Math.min(endOf(), time + current.outputPeriod) };
    else if (to === 'next-event') goal = { until: endOf(), stopAt: { event: true } };
    else {
      const before = log.all().findLast((event) => event.time < time && event.kind !== 'command');
      seek(before?.time ?? 0);
    }
  };

  const compare = (wanted: Pick<FromPreview & { type: 'compare' }, 'with' | 'scenario'>): void => {
    reference?.close();
    reference = undefined;
    references += 1;
    if (wanted.with === 'none' || mode === 'live' || model === undefined || prepared === undefined) return;
    const settings = [...overrides].map(([id, value]) => settingText(prepared!.twin.manifest, id, value));
    // `waterworks.drought` → `drought`: in one twin the package says nothing new.
    const scenarioLabel = (name: string | null): string => (name ?? model!.manifest.name).split('.').at(-1)!;
    if (wanted.with === 'this') {
      const label = [scenarioLabel(scenario), ...settings].join(', ');
      // What a recording replays is not foreseen: such a run is compared as far as it is known.
      const end = mode === 'replay' ? 0 : endOf();
      reference = createReference(label, twin!.branch(), prepared.series, end, prepared.recording);
    } else if (mode === 'simulate') {
      const other = prepare(model, {
        mode,
        scenario: wanted.scenario,
        seed: options.seed,
        overrides,
        replayed: undefined,
      });
      other.recording.close();
      const label = [scenarioLabel(wanted.scenario), ...settings].join(', ');
      reference = createReference(label, other.twin, other.series, other.twin.duration);
    }
  };

  const compareVersion = (version: OtherVersion): void => {
    reference?.close();
    references += 1;
    const { seed } = options;
    reference =
      mode === 'simulate'
        ? versionReference(version, { mode, scenario, seed, overrides, replayed: undefined })
        : undefined;
  };

  const receive = (message: FromPreview): void => {
    if (disposed) return;
    // What comes of what waits is for all pages: whoever asks for the past is answered alone.
    if (message.type !== 'history') gathering.offer();
    if (message.type === 'ready') {
      hello();
      return;
    }
    if (twin === undefined) return;
    switch (message.type) {
      case 'subscribe':
        outbox.subscribe(message.series.flatMap((id) => prepared?.byId.get(id) ?? []));
        outbox.sendFrame();
        return;
      case 'show': {
        const before = shows;
        shows = { items: message.items, samples: message.samples };
        if (shows.items) outbox.repeatItems();
        if (!shows.samples) samples = undefined;
        // Another page may know them already; this one does not.
        else if (before.samples && samples !== undefined) send(samples.all());
        else sampleAgain();
        outbox.sendFrame();
        wake();
        return;
      }
      case 'history':
        if (message.run === 'compared') {
          if (reference !== undefined) outbox.history(reference, message);
        } else if (prepared !== undefined) outbox.history(prepared.recording, message);
        return;
      case 'test':
        trials = createTrials(model!, message.names);
        send(trials.take());
        wake();
        return;
      case 'reveal':
      case 'save':
      case 'link':
      case 'write':
        return;
      case 'acknowledge': {
        const state = alarmStates(twin, log, acknowledged).find(({ id }) => id === message.alarm);
        if (state !== undefined) acknowledged.set(state.id, state.since);
        outbox.sendAlarms();
        return;
      }
      case 'shelve':
        if (message.seconds === null) shelved.delete(message.alarm);
        else shelved.set(message.alarm, twin.time() + message.seconds);
        outbox.sendAlarms();
        return;
      case 'compare':
        otherVersion = undefined;
        compare(message);
        break;
      case 'play':
        if (mode !== 'live' && twin.time() >= endOf()) restart();
        playing = true;
        anchor();
        break;
      case 'pause':
        if (mode !== 'live') playing = false;
        break;
      case 'speed':
        speed = message.speed === null ? null : Math.max(1e-6, message.speed);
        anchor();
        break;
      case 'step':
        step(message.to);
        break;
      case 'seek':
        seek(message.time);
        break;
      case 'restart':
        restart();
        break;
      case 'mode':
        if (
          message.mode === mode ||
          (message.mode === 'replay' && options.replay === undefined) ||
          (message.mode === 'live' && options.live !== true)
        )
          break;
        mode = message.mode;
        compare({ with: 'none', scenario: null });
        playing = true;
        restart();
        hello();
        break;
      case 'scenario':
        scenario = message.scenario;
        chosen = true;
        speed = options.speed;
        restart();
        hello();
        break;
      case 'trace': {
        const test = twin.manifest.tests.find(({ name }) => name === message.test);
        if (test === undefined) break;
        // What was set or called in the run that is shown is no part of the test's.
        overrides.clear();
        mode = 'simulate';
        scenario = twin.manifest.scenarios[test.scenario]!.name;
        chosen = true;
        speed = options.speed;
        playing = false;
        restart();
        hello();
        // All of it, as the test saw it, and then back.
        goal = { until: endOf(), then: () => seek(message.time) };
        break;
      }
      case 'call':
        callCommand(message.id, message.values);
        break;
      case 'set':
        setValue(message.id, message.value);
        break;
    }
    flush();
    wake();
  };

  const receiver: Receiver = {
    now,
    arrive: ({ binding, time, value, values }: Arrival): OfferResult => {
      const target = twin?.manifest.bindings[binding]?.target;
      if (twin === undefined || mode !== 'live' || target === undefined) return 'dropped';
      gathering.offer();
      const at = (time - epoch) / 1000;
      if (target.kind === 'command') return twin.callAt(at, target.command, target.instance, values ?? []);
      if (target.kind === 'sensor') return twin.offer(target.sensor, target.instance, at, value);
      return target.kind === 'input'
        ? twin.offerInput(target.variable, target.element, at, value)
        : 'dropped';
    },
    gather: (arrival: Arrival, became: (verdict: OfferResult) => void): void => {
      const { binding, time, value } = arrival;
      const target = twin?.manifest.bindings[binding]?.target;
      if (mode !== 'live' || (target?.kind !== 'sensor' && target?.kind !== 'input')) {
        became(receiver.arrive(arrival));
        return;
      }
      const at = (time - epoch) / 1000;
      if (target.kind === 'sensor')
        gathering.add(
          { kind: 'sample', sensor: target.sensor, instance: target.instance, time: at, value },
          became,
        );
      else
        gathering.add(
          { kind: 'set', variable: target.variable, element: target.element, time: at, value },
          became,
        );
      if (gathering.waiting() >= MOST_WAITING || !needsTicks()) gathering.offer();
    },
    fault: (fault: Fault) => tell('sensor', fault.name, fault.text, 'warning'),
    connection: (name, state) => {
      connections.set(name, state);
      outbox.sendStatus();
    },
  };

  return {
    ...receiver,
    load: (next, found = []) => {
      gathering.offer();
      const previous = twin;
      const time = previous?.time() ?? 0;
      const state = previous !== undefined && mode === 'live' ? previous.save() : undefined;
      const started = epoch;
      const before = model;
      model = next;
      if (trials !== undefined) trials = createTrials(next, trials.names);
      problems = found;
      for (const id of overrides.keys())
        if (findElement(next.manifest, id) === undefined) overrides.delete(id);
      build();
      if (previous !== undefined && mode !== 'live') {
        const wasPlaying = playing;
        goal = {
          until: Math.min(time, endOf()),
          then: () => (playing = wasPlaying && twin!.time() < endOf()),
        };
      } else if (state !== undefined && twin!.restore(state) === undefined) {
        epoch = started;
        tell('command', next.manifest.name, say('versionGoesOn'));
      } else if (state !== undefined) {
        const carried = carry({ manifest: previous!.manifest, kernel: before!.kernel }, next, state);
        const unfit = 'problem' in carried ? carried.problem : twin!.restore(carried.state);
        if (unfit === undefined && !('problem' in carried)) {
          epoch = started;
          tell('command', next.manifest.name, carriedText(carried));
          for (const { name, why } of carried.lost) tell('command', name, say('notCarried', why), 'warning');
        } else tell('command', next.manifest.name, say('versionAnew', unfit ?? ''));
      }
      hello();
      wake();
    },
    problems: (found) => {
      problems = found;
      send({ type: 'problems', problems: [...found] });
    },
    receive,
    flush: () => {
      gathering.offer();
      if (twin !== undefined) flush();
    },
    hidden: (hidden) => {
      if (outbox.hide(hidden) && !hidden) hello();
      if (hidden) samples = undefined;
    },
    attach: (outlet) => {
      outlets.add(outlet);
      return () => outlets.delete(outlet);
    },
    against: (version) => {
      otherVersion = version;
      if (version === undefined) compare({ with: 'none', scenario: null });
      else if (twin !== undefined) compareVersion(version);
      flush();
      wake();
    },
    status,
    values: () => {
      if (twin === undefined || prepared === undefined) return {};
      const current = twin;
      return Object.fromEntries([
        ...prepared.series.map(({ id, read }) => [id, finite(read(current))] as const),
        ...parametersOf(current, prepared.initial).map(({ id, value }) => [id, finite(value)] as const),
      ]);
    },
    names: () => (twin === undefined ? {} : namesNow(twin)),
    integration: () => {
      const text = twin === undefined || mode === 'live' ? '' : methodText(twin.method());
      return scenario === null || text === '' ? undefined : { scenario, method: text };
    },
    twin: () => {
      gathering.offer();
      return twin;
    },
    keep: () => {
      gathering.offer();
      if (twin === undefined) return undefined;
      const state = twin.save();
      return { state, mode, scenario: mode === 'live' ? null : scenario, epoch, settings: [...overrides] };
    },
    resume: (kept) => {
      if (model === undefined) return 'There is no twin yet.';
      if (kept.mode !== mode)
        return `It was kept by a twin in the mode ${kept.mode}, and this one is in the mode ${mode}.`;
      for (const [id, value] of kept.settings)
        if (findElement(model.manifest, id) !== undefined) overrides.set(id, value);
      if (mode === 'simulate' && kept.scenario !== scenario) {
        scenario = kept.scenario;
        chosen = true;
      }
      build();
      const wrong = twin!.restore(kept.state);
      if (wrong !== undefined) return wrong;
      // A live twin catches up with the clock: what came meanwhile was not heard.
      if (mode === 'live') epoch = Math.min(kept.epoch, now());
      computed = twin!.time();
      tell('command', model.manifest.name, say('goesOnFrom', timeText(twin!.time())));
      anchor();
      hello();
      wake();
      return undefined;
    },
    dispose: () => {
      disposed = true;
      cancel?.();
      prepared?.recording.close();
      reference?.close();
    },
  };
}
