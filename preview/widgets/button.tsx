/** Calls a command of the model; values that the text leaves open are asked for. */
import { useSignal } from '@preact/signals';
import type { ManifestWidget } from '../../runtime/contract/shown.ts';
import { usePreview } from '../context.ts';
import { toSi } from '../format/number.ts';
import type { CommandInfo } from '../protocol.ts';

type ButtonWidget = Extract<ManifestWidget, { kind: 'button' }>;

export function CommandButton({ widget }: { widget: ButtonWidget }) {
  const { store } = usePreview();
  const command = (store.hello.value?.commands ?? []).find(
    (each) => each.command === widget.command && each.instance === widget.instance,
  );
  return command === undefined ? null : <Callable key={command.id} widget={widget} command={command} />;
}

function Callable({ widget, command }: { widget: ButtonWidget; command: CommandInfo }) {
  const { store } = usePreview();
  const values = useSignal<readonly (number | null)[]>(
    command.parameters.map((parameter, at) => widget.values[at] ?? (parameter.base === 'boolean' ? 0 : null)),
  );
  const put = (at: number, value: number | null): void => {
    values.value = values.value.map((old, n) => (n === at ? value : old));
  };
  const title = widget.title || command.label;
  return (
    <form
      class="card command-card"
      title={command.doc}
      onSubmit={(event) => {
        event.preventDefault();
        const all = values.value.filter((value) => value !== null);
        if (all.length === command.parameters.length) store.call(command.id, all);
      }}
    >
      {command.parameters.map((parameter, at) =>
        (widget.values[at] ?? null) !== null ? null : parameter.base === 'boolean' ? (
          <label class="command-value" key={parameter.name}>
            <input
              type="checkbox"
              checked={values.value[at] === 1}
              onChange={(event) => put(at, event.currentTarget.checked ? 1 : 0)}
            />
            {parameter.name}
          </label>
        ) : (
          <label class="command-value" key={parameter.name}>
            {parameter.name}
            <input
              class="field"
              type="number"
              step={parameter.base === 'integer' ? 1 : 'any'}
              required
              onInput={(event) => {
                const { valueAsNumber } = event.currentTarget;
                put(at, Number.isNaN(valueAsNumber) ? null : toSi(valueAsNumber, parameter.unit));
              }}
            />
            {parameter.unit.label}
          </label>
        ),
      )}
      <button type="submit" class="command-button" disabled={!store.may('operate')}>
        {title}
      </button>
    </form>
  );
}
