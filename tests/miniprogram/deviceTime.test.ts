import { deviceDay, deviceTime, timeLeft } from '../../miniprogram/model/deviceTime.ts';

describe('times on the phone', () => {
  it('tells the year only when it is another one', () => {
    const now = new Date(2026, 10, 30, 20, 0).getTime();
    expect(deviceTime(new Date(2026, 10, 30, 8, 5).getTime(), now)).toBe('11月30日 08:05');
    expect(deviceDay(new Date(2027, 0, 2).getTime(), now)).toBe('2027年1月2日');
  });

  it('counts down to nothing and no further', () => {
    const second = 1_000;
    expect(
      [-5, 0, 1, 299, 3_600 * 3 + 300, 86_400 * 2 + 3_600 * 3].map((of) => timeLeft(of * second)),
    ).toEqual([...['00:00', '00:00', '00:01', '04:59', '3小时05分', '2天3小时']]);
  });
});
