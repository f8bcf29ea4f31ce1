"""Makes the real Keras 3 archives beside it, as Keras 3.9 writes them: python3 make.py (h5py, numpy)."""
import io, json, os, zipfile
import h5py, numpy as np
D = (2025, 1, 1, 0, 0, 0)
def L(c,m='keras.layers',reg=None,**cfg): return {"module":m,"class_name":c,"config":cfg,"registered_name":reg}
def model(path, extra=[]):
    cfg=L("Sequential","keras",name="s",trainable=True,dtype=L("DTypePolicy","keras",name="float32"),layers=[
      L("InputLayer",batch_shape=[None,4],dtype="float32",sparse=False,name="in"),
      L("Dense",name="d",trainable=True,units=3,activation="relu",use_bias=True,kernel_initializer=L("GlorotUniform","keras.initializers",seed=None),kernel_regularizer=None)]+extra)
    cfg["build_config"]={"input_shape":[None,4]}
    cfg["compile_config"]={"optimizer":L("Adam","keras.optimizers",learning_rate=0.001),"loss":"mse","loss_weights":None,"metrics":["mae"],"weighted_metrics":None,"run_eagerly":False,"steps_per_execution":1,"jit_compile":False}
    b=io.BytesIO()
    with h5py.File(b,'w') as f:
        g=f.create_group("layers/dense/vars"); g.create_dataset("0",data=np.ones((4,3),np.float32)); g.create_dataset("1",data=np.zeros(3,np.float32))
        f.create_group("optimizer/vars").create_dataset("0",data=np.int64(3))
        f["layers/dense"].attrs["name"]="d"
    with zipfile.ZipFile(path,'w') as z:
        z.writestr(zipfile.ZipInfo("metadata.json", D), json.dumps({"keras_version":"3.9.0","date_saved":"2025-01-01@00:00:00"}))
        z.writestr(zipfile.ZipInfo("config.json", D), json.dumps(cfg)); z.writestr(zipfile.ZipInfo("model.weights.h5", D), b.getvalue())
        z.writestr(zipfile.ZipInfo("assets/vocabulary.txt", D), "a\nb\n")
out = os.path.dirname(os.path.abspath(__file__))
model(out+"/model.keras")
model(out+"/lambda.keras",[L("Lambda",name="l",function={"class_name":"__lambda__","config":{"code":"4wEA","defaults":None,"closure":None}})])
model(out+"/module.keras",[L("Dense",activation={"module":"os","class_name":"function","config":"system","registered_name":"system"})])
