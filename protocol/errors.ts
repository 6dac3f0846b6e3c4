/**
 * `errors.json` of a run, as far as it is read again: what stands behind the errors of each set. Written by
 * engine/cli/error-table. eV/atom, eV/Å, eV/Å³; null where there are no labels.
 */
import * as v from 'valibot';

const value = v.nullable(v.pipe(v.number(), v.finite()));
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const uncertainty = v.nullable(v.object({ standard_error: v.pipe(v.number(), v.finite()) }));

const setErrors = v.object({
  energy_rmse_uncertainty: v.optional(uncertainty, null),
  force_rmse_uncertainty: v.optional(uncertainty, null),
  stress_rmse_uncertainty: v.optional(uncertainty, null),
  config_types: v.optional(
    v.array(
      v.object({
        config_type: v.string(),
        structures: count,
        energy_rmse: value,
        force_rmse: value,
        stress_rmse: v.optional(value, null),
      }),
    ),
    [],
  ),
  elements: v.optional(v.array(v.object({ element: v.string(), forces: count, force_rmse: value })), []),
});
/** By the name of the set. */
const runErrors = v.record(v.string(), setErrors);
export type RunErrors = v.InferOutput<typeof runErrors>;

/** Undefined if `json` is nothing of the kind. */
export function parseErrors(json: unknown): RunErrors | undefined {
  const result = v.safeParse(runErrors, json);
  return result.success ? result.output : undefined;
}
