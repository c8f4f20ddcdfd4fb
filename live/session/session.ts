/** A session: a running twin that speaks the preview's protocol. See README.md. */
import { methodText } from '../../runtime/solvers/method.ts';
import { keptValues } from '../../runtime/kept-values.ts';
import { findElement } from '../../runtime/lookup.ts';
import type { Twin } from '../../runtime/twin.ts';
import type { Manifest } from '../../runtime/contract/manifest.ts';
import { count } from '../../runtime/contract/elements.ts';
import { timeText } from '../../runtime/trouble.ts';
import type { FromPreview, Mode, Problem, SessionStatus } from '../../preview/protocol.ts';
import type { Fault } from '../faults.ts';
import type { ConnectionState, Receiver } from '../receiver.ts';
import { say, sentenceOf } from '../said.ts';
import { createAlarms } from './alarms.ts';
import { createArrivals } from './arrivals.ts';
import { carryOn } from './carried.ts';
import { createComparison } from './comparison.ts';
import { createGathering } from './gathering.ts';
import { helloOf, parametersOf } from './hello.ts';
import { itemsOf } from './items.ts';
import { alarmKey, alarmOfKey, createLog, toTwinEvent } from './log.ts';
import { namesNow } from './series.ts';
import { createOutbox, finite } from './outbox.ts';
import { createOutlets } from './outlets.ts';
import { createClockSteps, createPace } from './pace.ts';
import { createPlayback, SLICE } from './playback.ts';
import type { Beside } from './portions.ts';
import { createSamples } from './samples.ts';
import type { Samples } from './samples.ts';
import { statusOf } from './status.ts';
import { AGAIN, callCommand, setValue } from './settings.ts';
import type { Tell } from './settings.ts';
import { createTrials } from './trials.ts';
import type { Trials } from './trials.ts';
import type { SessionOptions, Session } from './contract.ts';

/** ms between two frames. */
const FRAME = 16;

/** ms between two lists of alarms that have changed: whoever is told sorts all of very many again. The log has each at once. */
const pauseOf = (manifest: Manifest | undefined): number =>
  Math.min(500, (manifest?.alarms ?? []).reduce((total, { dims }) => total + count(dims), 0) / 40);

/** A session without a model: `load` hands it one. Nothing of it waits or sends once it is disposed of. */
export function createSession(options: SessionOptions): Session {
  const { send, now, schedule } = options;
  const wall = options.wall ?? now;
  const log = createLog();
  const alarms = createAlarms(log);
  const connections = new Map<string, ConnectionState>();
  const run = createPlayback(options);
  const outlets = createOutlets(run);
  const comparison = createComparison(run, options.seed);
  let problems: readonly Problem[] = [];
  let shows = { items: false, samples: false };
  let samples: Samples | undefined;
  let trials: Trials | undefined;
  let cancel: (() => void) | undefined;
  let frameAt = -Infinity;
  let alarmsAt = -Infinity;
  const pace = createPace();
  const steps = createClockSteps(now, wall);
  let disposed = false;

  const gathering = createGathering(() => run.twin, now);

  const status = (): SessionStatus | undefined =>
    statusOf(run, connections, outlets.counts(), comparison.status());
  const outbox = createOutbox({
    send,
    twin: () => run.twin,
    status,
    alarms: (only) => alarms.states(run.twin!, only),
    alarmsDue: () => run.mode !== 'live' || now() - alarmsAt >= pauseOf(run.twin?.manifest),
    items: () => (shows.items && run.twin !== undefined ? itemsOf(run.twin) : undefined),
  });
  const flush = (): void => {
    frameAt = now();
    if (outbox.flush()) alarmsAt = frameAt;
  };

  const tell: Tell = (kind, name, what, severity = 'info') => {
    const said = typeof what === 'string' ? { text: what } : { text: sentenceOf(what), said: what };
    outbox.event(log.add({ time: run.twin?.time() ?? 0, microstep: 0, kind, name, ...said, severity }));
  };

  const listen = (current: Twin): void => {
    current.listen({
      row: (time) => outbox.row(time, current),
      event: (event) => {
        outbox.event(log.add(toTwinEvent(event), event.alarm));
        if (event.alarm === undefined) return;
        outbox.alarmsChanged(alarmKey(event.alarm));
        outlets.changed(event.alarm, event.alarm.active, event.time);
      },
      revised: (time, including) => {
        const changed = log.cut(time, including);
        outlets.revised(changed.map(alarmOfKey), time, including);
        outbox.forgetAfter(time, including, run.mode === 'live' ? changed : undefined);
      },
    });
  };

  /** A fresh twin at time 0 for the mode, scenario and settings as they are, and nothing known of another. */
  const build = (): void => {
    run.build();
    const { twin, prepared } = run;
    outbox.clear();
    outbox.subscribe(outbox.subscribed().flatMap(({ id }) => prepared!.byId.get(id) ?? []));
    log.clear();
    listen(twin!);
    outlets.begin();
    sampleAgain();
    comparison.begin();
  };

  /** Runs with other seeds and the same settings, for histograms. */
  const sampleAgain = (): void => {
    samples = undefined;
    const { model, mode, scenario, overrides } = run;
    if (!shows.samples || model === undefined || mode !== 'simulate') return;
    samples = createSamples(model, { scenario, asked: run.asked, seed: options.seed, overrides });
    if (samples !== undefined) send(samples.take());
  };

  /** Says that a live twin cannot keep up with the clock, and when it can again. */
  const tellPace = (twin: Twin): void => {
    const said = pace.look(run.behind(), twin.trouble() !== undefined);
    if (said !== undefined)
      tell('sensor', twin.manifest.name, said, said.key === 'behind' ? 'warning' : 'info');
  };

  /** What is computed beside the run that is shown. */
  const unfinished = (): Beside[] =>
    [comparison.reference(), samples, trials].flatMap((one) => (one?.done() === false ? [one] : []));

  const tick = (): void => {
    cancel = undefined;
    const { twin } = run;
    if (disposed || twin === undefined) return;
    const step = steps.look();
    if (run.mode === 'live' && step !== undefined) {
      // Time that is gone over a second time does not stop the twin; time that was not seen is caught up with.
      if (step.by < 0) run.epoch += step.by;
      else pace.expect();
      tell('sensor', twin.manifest.name, step.said, 'warning');
    }
    if (run.mode === 'live' && !run.isGoing()) {
      if (!gathering.rests()) {
        gathering.offer();
        run.follow();
      }
      tellPace(twin);
    } else run.advance();
    for (const one of unfinished()) one.work(now, SLICE / 2);
    for (const one of alarms.unshelve(twin)) outbox.alarmsChanged(alarmKey(one));
    if (now() - frameAt >= FRAME || !needsTicks()) {
      outlets.tell();
      flush();
      if (samples?.news() === true) send(samples.take());
      if (trials?.news() === true) send(trials.take());
    }
    wake();
  };
  const needsTicks = (): boolean => unfinished().length > 0 || run.moves();
  const wake = (): void => {
    if (cancel !== undefined || disposed || !needsTicks()) return;
    cancel = schedule(tick, unfinished().length > 0 || run.isBusy() ? 0 : FRAME);
  };

  const hello = (): void => {
    const { twin, prepared } = run;
    if (twin === undefined || prepared === undefined) return;
    const modes: Mode[] = ['simulate'];
    if (options.replay !== undefined) modes.push('replay');
    if (options.live === true) modes.push('live');
    const { series, initial } = prepared;
    send(helloOf({ twin, series, modes, alarms: alarms.states(twin), initial }));
    outbox.repeatStatus();
    outbox.sendStatus();
    send({ type: 'events', events: [...log.all()] });
    outbox.forgetEvents();
    send({ type: 'problems', problems: [...problems] });
    if (trials !== undefined) send(trials.take());
    outbox.sendFrame();
  };

  const restart = (): void => {
    alarms.begin();
    build();
    outbox.forgetAfter(-1, true);
    run.begin();
    flush();
  };

  /** The model again from the start, up to the time shown now. */
  const runAgain = (until: number): void => {
    build();
    outbox.forgetAfter(-1, true);
    run.again(until, AGAIN);
  };

  const seek = (time: number): void => {
    if (run.mode !== 'live' && run.seek(time)) outbox.alarmsChanged();
  };

  const step = (to: 'step' | 'next-event' | 'previous-event'): void => {
    if (run.mode === 'live') return;
    run.playing = false;
    if (to !== 'previous-event') {
      run.step(to);
      return;
    }
    const time = run.twin!.time();
    const before = log.all().findLast((event) => event.time < time && event.kind !== 'command');
    seek(before?.time ?? 0);
  };

  /** Another scenario from its start, at the speed that suits it. */
  const runScenario = (scenario: string | null, duration?: number): void => {
    run.choose(scenario, duration);
    run.speed = options.speed;
    restart();
    hello();
  };

  const receive = (message: FromPreview): void => {
    if (disposed) return;
    // What comes of what waits is for all pages: whoever asks for the past is answered alone.
    if (message.type !== 'history') gathering.offer();
    if (message.type === 'ready') {
      hello();
      return;
    }
    const { twin, prepared } = run;
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
      case 'history': {
        const recording = message.run === 'compared' ? comparison.reference() : prepared?.recording;
        if (recording !== undefined) outbox.history(recording, message);
        return;
      }
      case 'test':
        trials = createTrials(run.model!, message.names);
        send(trials.take());
        wake();
        return;
      case 'reveal':
      case 'save':
      case 'link':
      case 'write':
        return;
      case 'acknowledge':
        outbox.sendAlarm(alarms.acknowledge(twin, message.alarm));
        return;
      case 'shelve':
        outbox.sendAlarm(alarms.shelve(twin, message.alarm, message.seconds));
        return;
      case 'compare':
        comparison.choose(message);
        break;
      case 'play':
        if (run.mode !== 'live' && twin.time() >= run.end()) restart();
        run.playing = true;
        run.anchor();
        break;
      case 'pause':
        if (run.mode !== 'live') run.playing = false;
        break;
      case 'speed':
        run.speed = message.speed === null ? null : Math.max(1e-6, message.speed);
        run.anchor();
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
          message.mode === run.mode ||
          (message.mode === 'replay' && options.replay === undefined) ||
          (message.mode === 'live' && options.live !== true)
        )
          break;
        run.mode = message.mode;
        comparison.end();
        run.playing = true;
        restart();
        hello();
        break;
      case 'scenario':
        runScenario(message.scenario, message.duration);
        break;
      case 'trace': {
        const test = twin.manifest.tests.find(({ name }) => name === message.test);
        if (test === undefined) break;
        // What was set or called in the run that is shown is no part of the test's.
        run.overrides.clear();
        run.mode = 'simulate';
        run.playing = false;
        runScenario(twin.manifest.scenarios[test.scenario]!.name);
        // All of it, as the test saw it, and then back.
        run.go(run.end(), () => seek(message.time));
        break;
      }
      case 'call':
        callCommand(twin, message.id, message.values, tell);
        break;
      case 'set':
        setValue(run, message.id, message.value, tell, runAgain);
        break;
    }
    flush();
    wake();
  };

  const receiver: Receiver = {
    now: wall,
    ...createArrivals(run, gathering, needsTicks),
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
      const { twin: previous, model: before, epoch, playing } = run;
      const time = previous?.time() ?? 0;
      const state = previous !== undefined && run.mode === 'live' ? previous.save() : undefined;
      const coming = state === undefined ? [] : previous!.coming();
      const made = state === undefined ? undefined : alarms.keep(previous!);
      run.model = next;
      if (trials !== undefined) trials = createTrials(next, trials.names);
      problems = found;
      for (const id of run.overrides.keys())
        if (findElement(next.manifest, id) === undefined) run.overrides.delete(id);
      build();
      if (state !== undefined) {
        const goesOn = carryOn(before!, next, state, run.twin!, tell);
        if (goesOn) run.epoch = epoch;
        alarms.begin();
        if (goesOn) alarms.resume(made!);
        // Elsewhere the same places may be those of something else.
        if (goesOn && before!.manifest.stateFingerprint === next.manifest.stateFingerprint)
          run.twin!.expect(coming);
      } else if (previous !== undefined)
        run.go(Math.min(time, run.end()), () => (run.playing = playing && run.twin!.time() < run.end()));
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
      if (run.twin !== undefined) flush();
    },
    hidden: (hidden) => {
      if (outbox.hide(hidden) && !hidden) hello();
      if (hidden) samples = undefined;
    },
    attach: outlets.attach,
    against: (version) => {
      comparison.against(version);
      flush();
      wake();
    },
    status,
    values: () => {
      const { twin, prepared } = run;
      if (twin === undefined || prepared === undefined) return {};
      return Object.fromEntries([
        ...prepared.series.map(({ id, read }) => [id, finite(read(twin))] as const),
        ...parametersOf(twin, prepared.initial).map(({ id, value }) => [id, finite(value)] as const),
      ]);
    },
    names: () => (run.twin === undefined ? {} : namesNow(run.twin)),
    integration: () => {
      const { twin, scenario, mode } = run;
      const text = twin === undefined || mode === 'live' ? '' : methodText(twin.method());
      return scenario === null || text === '' ? undefined : { scenario, method: text };
    },
    twin: () => {
      gathering.offer();
      return run.twin;
    },
    keep: () => {
      gathering.offer();
      const { twin, mode, scenario, epoch, overrides } = run;
      if (twin === undefined) return undefined;
      const state = twin.save();
      const coming = mode === 'live' ? twin.coming() : [];
      return {
        state,
        ...(coming.length === 0 ? {} : { coming }),
        mode,
        scenario: mode === 'live' ? null : scenario,
        epoch,
        settings: [...overrides],
        ...alarms.keep(twin),
      };
    },
    resume: (kept) => {
      const { model, mode } = run;
      if (model === undefined) return 'There is no twin yet.';
      if (kept.mode !== mode)
        return `It was kept by a twin in the mode ${kept.mode}, and this one is in the mode ${mode}.`;
      for (const [id, value] of kept.settings)
        if (findElement(model.manifest, id) !== undefined) run.overrides.set(id, value);
      if (mode === 'simulate' && kept.scenario !== run.scenario) run.choose(kept.scenario);
      build();
      const wrong = run.twin!.restore(kept.state);
      if (wrong !== undefined) return wrong;
      run.twin!.expect(kept.coming ?? []);
      alarms.resume(kept);
      // A live twin catches up with the clock: what came meanwhile was not heard.
      if (mode === 'live') run.epoch = Math.min(kept.epoch, wall());
      run.resumed();
      tell('command', model.manifest.name, say('goesOnFrom', timeText(run.twin!.time())));
      for (const { name, kept: was, now } of keptValues(run.twin!))
        tell('command', name, say('keptValue', was, now), 'warning');
      hello();
      wake();
      return undefined;
    },
    dispose: () => {
      disposed = true;
      cancel?.();
      run.prepared?.recording.close();
      comparison.close();
    },
  };
}
