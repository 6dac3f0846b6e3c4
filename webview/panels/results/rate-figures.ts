/** The key figures of a rate: how often it happens, what of that the transmission is, and the free energy of activation. */
import { formatFixed, formatNumber, formatScientific, formatSeconds } from '../../format';
import { energyText } from '../../plots/pmf-plot';
import { figure, splitUnit, type Figures } from './figures';

export const rateFigures: Figures = ({ manifest: { results = {} } }) => {
  const number = (name: string): number | undefined => {
    const value = results[name];
    return typeof value === 'number' ? value : undefined;
  };
  const energy = (name: string): string | undefined => {
    const value = number(name);
    return value === undefined ? undefined : energyText(value, number(`${name}_error`) ?? 0, 'eV');
  };
  const { method } = results;
  const [rate, transmission, kramers] = [number('rate'), number('transmission'), number('kramers_transmission')];
  const [activation, barrier] = [energy('activation_free_energy'), energy('barrier')];
  return [
    ...(rate === undefined
      ? []
      : [
          figure(
            'Rate',
            formatScientific(rate, number('rate_error') ?? 0),
            '1/s',
            `${rate > 0 ? `once in ${formatSeconds(1 / rate)}` : 'none of the trajectories stayed'}${typeof method === 'string' ? ` · ${method}` : ''}`,
          ),
        ]),
    ...(activation === undefined
      ? []
      : [
          figure(
            'Free energy of activation',
            ...splitUnit(activation),
            barrier === undefined ? '' : `barrier of the profile ${barrier}`,
          ),
        ]),
    transmission === undefined
      ? figure('Transmission', '–', '', 'not followed: the rate is an upper bound')
      : figure(
          'Transmission',
          `${formatFixed(transmission, 2)} ± ${formatFixed(number('transmission_error') ?? 0, 2)}`,
          '',
          'part of the crossings that stay',
        ),
    ...(kramers === undefined ? [] : [figure('Kramers’ transmission', formatNumber(kramers, 2), '', 'for comparison')]),
  ];
};
