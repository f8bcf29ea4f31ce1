"""Small models as XGBoost 1.7 writes them (Debian: python3-xgboost), and scikit-learn's text of LightGBM's shape."""
import sys
import numpy as np
import xgboost as xgb

out = sys.argv[1]
rng = np.random.default_rng(1)
x = rng.random((60, 3)).astype("f4")
y = (x[:, 0] > 0.5).astype("f4")
for name, params in {"tree": {"objective": "binary:logistic"}, "linear": {"booster": "gblinear"}, "dart": {"booster": "dart"}}.items():
    data = xgb.DMatrix(x, y, feature_names=["a", "b", "c"])
    booster = xgb.train({**params, "max_depth": 2}, data, num_boost_round=2)
    for ending in ("json", "ubj", "deprecated"):
        booster.save_model(f"{out}/{name}.{ending}")
model = xgb.XGBClassifier(n_estimators=2, max_depth=2).fit(x, y)
model.save_model(f"{out}/classifier.json")
