/** Sizes the text of an element so that all of it fits: a Svelte attachment for the projector. */

export interface FitOptions {
  /** The largest and smallest size, in pixels. */
  max: number;
  min: number;
}

/** Finds the largest size that fits by halving the range; `fits` is asked a handful of times. */
export function largestThatFits({ max, min }: FitOptions, fits: (size: number) => boolean): number {
  if (fits(max)) return max;
  let low = min;
  let high = max;
  while (high - low > 0.5) {
    const middle = (low + high) / 2;
    if (fits(middle)) low = middle;
    else high = middle;
  }
  return low;
}

export function fit(options: () => FitOptions) {
  return (element: HTMLElement) => {
    const measure = () => {
      const size = largestThatFits(options(), (size) => {
        element.style.fontSize = `${size}px`;
        return element.scrollHeight <= element.clientHeight && element.scrollWidth <= element.clientWidth;
      });
      element.style.fontSize = `${size}px`;
    };
    measure();
    const resized = new ResizeObserver(measure);
    resized.observe(element);
    return () => resized.disconnect();
  };
}
