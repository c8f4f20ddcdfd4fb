/** `--method "rodas5p tolerance 1e-8"`: the words that a scenario has for it. */
import { analyse } from '../compiler/index.ts';
import type { CheckedModel } from '../compiler/index.ts';
import { libraryFiles } from '../library/embedded.ts';
import type { ManifestMethod } from '../runtime/contract/studies.ts';
import { Refusal } from './terminal/terminal.ts';

const EXAMPLES = '"auto tolerance 1e-8" or "rk4 step 10 ms"';

export function parseMethod(text: string): ManifestMethod {
  if (!/^[a-z]\w*( (step|tolerance) [-+\w.]+( ?\w+)?)*$/i.test(text.trim()))
    throw new Refusal(`--method ${text}: write ${EXAMPLES}`);
  const source = `package pollux_command_line\nasset Given {\n  state it = 1\n  der(it) = 0 1/s\n}\nscenario given for Given {\n  method ${text}\n  run 1 s\n}\n`;
  const { model, diagnostics } = analyse([{ uri: 'file:///method.twin', text: source }], libraryFiles);
  const method = model?.scenarios[0]?.method;
  if (method !== undefined) return method;
  const found = diagnostics.find(({ severity, code }) => severity === 'error' && !/^PX[12]/.test(code));
  throw new Refusal(`--method ${text}: ${found?.message ?? `write ${EXAMPLES}`}`);
}

/** With it in the place of what scenarios say, so that what the method needs is compiled. */
export const withMethod = (model: CheckedModel, method: ManifestMethod): CheckedModel => ({
  ...model,
  scenarios: model.scenarios.map((scenario) => ({ ...scenario, method })),
});
