"""SciPy's Wilcoxon signed-rank test: JSON lists of differences in, JSON [{statistic, pValue}] out."""

import json
import sys

from scipy.stats import wilcoxon

answers = []
for differences in json.load(sys.stdin):
    result = wilcoxon(differences)
    answers.append({"statistic": float(result.statistic), "pValue": float(result.pvalue)})
print(json.dumps(answers))
