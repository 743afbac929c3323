"""How fast is it? Figures as ratios to a bare page measured in the same run. `make bench` prints them; no test times anything."""
