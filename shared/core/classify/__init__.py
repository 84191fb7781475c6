"""The classifier: reads out of one post what an administrator must know, and says why. Pure; never raises.

`classify` is in `classifier.py`. Nothing is imported here, so that who needs one rule does not load all of them.
"""
